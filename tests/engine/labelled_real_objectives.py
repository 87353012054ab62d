"""Labels of real objectives, found again by the first 16 hex digits of the SHA-256 of their text; the texts are not kept here.

Drawn at random in three rounds from public plans and labelled as in `labelled_objectives` before the checks saw them, for the
rules that depend on words alone: 1, 2, 9 and V. What each round showed went into the checks before the next was drawn.
"""


def _digests(text: str) -> tuple[str, ...]:
    return tuple(text.split())


LABELS: dict[str, tuple[str, ...]] = {
    "": _digests(
        "0aa182bea90477d1 21a56f4d2f8c7fe4 2cace76dc9350f09 321a71fc29c49787 33dc1111f88440f5 3ed2843632a666f5 "
        "401a47f36190059d 5120af8fcb0524fd 5c132520b47cff8d 5f527db01855f806 71d14d0d2e88e3f2 7401b4a6df1cd3c7 "
        "76d1066dd21fd66a 791df46566551e2f 7baf0a5a5953a967 7bda7748642e8891 7c2d4328c2ed1476 7fb9ab5b847b7542 "
        "81cee5d272fb4206 87504f3577a4f267 88caa1162ed3ff4f a12ef82d8f03d5d9 a1437f4f7f4f5be8 a8ca3321bc4b5a65 "
        "b9a0d669d87286c9 c200c5e8205ee764 c338a85bb2e2206f d01b9067bcd7fdba d7758553bc5ff329 d8a9987fc371b294 "
        "d914f2ecf1dad760 d9b7bcbde373aabe db8fbb16854d2624 ded8823ff2d9771e e4cfa68f91317dcd e4e51431e13899e8 "
        "e54f7e532798e932 e725779b78a04cde f3c71fe15e31540a"
    ),
    "1": _digests("677028d57bba9acf"),
    "1 2": _digests("538bf3d9dd9e892e 88f6c8b43f48ab01"),
    "1 2 9": _digests("6d2b86f22c689bcc 82c017a13034b44d f221a2db65fda546"),
    "1 2 V": _digests("2317ac43d957deb3 612aa9e5ceac4259 6627adb4fb56cd19 9b768eb741900844 d83dbaa5897dc25e e417061f803b17b1"),
    "1 2 V ~9": _digests("ac5490344190840d d0d6472355f8ac01"),
    "1 9": _digests("5e61327d224000b6"),
    "1 ~2 ~9": _digests("180e5122e6501a74"),
    "1 ~9": _digests("8482b053ce91dd8a"),
    "1 ~9 ~2": _digests("e48ebf138cb7a67d"),
    "2": _digests("055c22cf29b2d5fc 5a4c5b0d6fc460b2 a0ead05f6d688d7f b5d217e37e9c5c99"),
    "2 9": _digests(
        "02446c51cd285f06 04e142c66eb582d7 4fd3131688daf0ab 5739d5aa47be2490 5b80611eac1f116f 5daec8356704e85e "
        "64b695067fc351c7 68598e3357b7009b 6d120966f646abf3 73963ae514e1e9cc 749b4fa412c71821 760e4d9fe3b090bd "
        "79c49411dc6b1883 89b165ef6d6841db 8ba32ef6d74a4707 96390e13cdb4421c bae8e275bb5a912d bc6322f0692551a6 "
        "cfaab5de00b15b84 d032fc288968189c d3d097adec59e005"
    ),
    "2 9 V": _digests(
        "13e6a749028f0c61 1cca6b273055c36e 437e561c00db883b 5cc383250542ab0f 5da6a1d449d8f48d 6b332bfa1fe4ca26 "
        "74e2a91a05b1e243 839fd2007cb5727a 91eb31774962a4a8 a9e6605b7c342156 ec87fc8339058dea"
    ),
    "2 9 V ~1": _digests("569f1355c0988a51 574f2df52230d833 9b0e3e83915d6807 ce49f7ecf172d302 dfd179a408ccc30c"),
    "2 9 ~1": _digests(
        "1c1410fcc4dd81ab 265bb1fdc471bc5b 2b8ee418281517ca 2e41137d683e3064 3ff6fbcce0bf433c 5a3e0c5c2fe1002a "
        "5eeb1a68cea22592 6813668c7a03a860 6982863aacf715d1 745575e95792f9c4 a4a5318e6b5cae74 a5149c8ef1ad9204 "
        "b72eef679a52b663 bd5dc02d87191a88 c49864bb61ab3a49 f4c56a990fee3162"
    ),
    "2 9 ~1 ~V": _digests("88277c0bf292ea65"),
    "2 V": _digests(
        "10399c20a323b0b8 1b19a8a779dd8050 32b95a68b579c0d6 3b7705786cc31504 3e9c10804f095e10 48064ab939b036f5 "
        "4ebb245860790d38 63c5593bda83e07d 80258a4fca745a3c 929cd14ad9471efb a4833e6efa78760c a609bdc33bc25a2d "
        "b6b42caf2ec6e6ef bb5b0f39de2a4a7e d80153271dfe016b dd6fdac8c8b4e4ae f79eb0c276b644c2"
    ),
    "2 V ~1": _digests(
        "21fb0bad946866fd 44d5bc8abed317bd 5bddb9d136590372 80238269519cccc4 c934fb6d49c97eea d146009a9bc50a72 "
        "f2557b904e33d9c5 f63fc10a588952f8"
    ),
    "2 V ~1 ~9": _digests("05ed38794a990079 3b983e640ae622db 45f05f0a626d390b 6988a7910961229e a342006ec6ab3a18"),
    "2 V ~9": _digests(
        "067af96c1e99dea9 11c1229b5fdc37f5 40e6a23bc4480dcc 44bd05911a584991 48e72a818f50172b 517f6d8e5a6381aa "
        "593c8c3c30605ec6 68fc73af8197d5b6 87bbd0d29c4f49d7 8a56762f2c9ac0a2 8fd0f63a61499c7f 9826f1235b094ac9 "
        "cd77037db89ab2ac fb701412aa67da75"
    ),
    "2 V ~9 ~1": _digests("7ae0e50ff955decf c86136636b7063c6 cac629aac20e8abe"),
    "2 ~1": _digests("028ee1d292618dfb ae74037c7f134454"),
    "2 ~1 ~9": _digests("67165964ab98098e dd08632b9f730e32"),
    "2 ~9": _digests("00a31bfb0e292fa6 26ab9cf8d132f1cf 52debcfd3e62f10a aa8f9ea8cb122c58 b725a065c9ae8cd9"),
    "2 ~9 ~1": _digests("9c58fbe4da1b101b"),
    "2 ~9 ~V": _digests("594b9f49649b8a13 c2ce2d9897a8025e"),
    "2 ~V": _digests("0cffbe40583cb171"),
    "9": _digests(
        "1f6a9d77911fd257 4e56a39a3c2e0f4a 523865c55edc75a3 56dc34cf7dd8f80e 5dc4d3628f5d73a5 657b46487b16dc73 "
        "acc5b965a7ff1e5a cca525b0431ece8b fa506c5daf737e3e"
    ),
    "9 ~1": _digests("a9a9f733e608e34d b470cc0573ea80a3 c117d0a88fbd7856 f15543a719851368"),
    "9 ~1 ~2": _digests(
        "542b857880cef7ab 56b873e08a0a1aac 6bb8f92b34800cd8 750ee932b6f23a16 7967c05eb9f40695 883fc891a4ada7cf "
        "96be7663ce15b51d 9e602ef219b66bab c0f377cabd5954e8 e7ed3ac5473b9a91"
    ),
    "9 ~2": _digests("e34416582ef75213 e618e853ab16b0e3 efb210b0d19e1739"),
    "V": _digests("9dc42e2033d5990f"),
    "~1": _digests("18055634f70cb04e"),
    "~1 ~9": _digests("aac774f82196397d"),
    "~2": _digests(
        "05a80a74910a71cc 208a02c599327a15 4336b7f61b4654b5 745baff9ea8cb2fb 780524bbfd2723d1 8a9732913dbdbc33 "
        "8d50aba81663b4ce af17c84fe58c51b5 beb3b44815513446 df559cee571fd343"
    ),
    "~2 ~9 ~V": _digests("9f60503f33fb56ad"),
    "~9": _digests("02f48f2f9cd9187b 669648f66d03f396 9d26d4a532c24bc1 ac5b3ab988797267"),
}
