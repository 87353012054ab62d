def navigation(person):
    return []
