"""The capital works office's business plan as a table, and what its projects are to move."""

from __future__ import annotations

from goldenthread.config.demonstration.plan_rows import Effect, I, S, work

PLAN = (
    I("Works on their dates", "capital", deliverable="Promised dates that are kept", effects=(
        Effect("promised", 2, 4, 7, 70, 30, 120, "trouble is seen a fortnight before it costs a date", 2, confirmed=True),), steps=(
        S("Weekly look-ahead with the contractors", "engineer", ("engineer",), work("Agree one form of look-ahead", "Run it in Mains replacement", "Run it in all works", hours=9, days=5, done=70), "A look-ahead of six weeks for each site", "Nine of ten tasks begin in their week", service="Planning of works", more=(("manager2", "C"),)),
        S("Early order of long-lead parts", "costs", ("costs", "documents"), work("List the parts above twenty weeks", "Order transformers and valves ahead", "Book shared storage", hours=8, days=6), "Orders placed for 14 parts", "No site waits for a part on the list", service="Planning of works"),
        S("Recovery plan of Mains replacement", "engineer", ("capital", "engineer"), work("Walk sections 4 and 5", "Re-plan with the new contractor", "Bring it to the capital committee", hours=12, days=6, done=30), "A plan to the promised date with its price", "The committee has decided on it", more=(("operations", "C"), ("sponsor", "I")), service="Planning of works"))),
    I("Consents in time", "consents", deliverable="No spade waits for a paper", effects=(
        Effect("consents", -16, -10, -5, 65, 20, 120, "authorities answer sooner who hears of it earlier", 1, confirmed=True),), steps=(
        S("One calendar of traffic orders", "consents", ("consents", "documents"), work("Collect the orders of all sites", "Agree the calendar with two councils", hours=7, days=6, done=50), "A calendar for two years", "Both councils work from it", service="Consents and land"),
        S("Standard easement", "consents", ("consents",), work("Draft the terms", "Have legal approve them", "Offer them to forty owners", hours=8, days=7), "Terms on two pages", "Half of the owners sign without a change", service="Consents and land", more=(("finance", "C"),)),
        S("Talks before the application", "consents", ("consents", "site"), work("Choose ten applications", "Meet the case officers", hours=6, days=8), "Ten met before filing", "No application is returned as incomplete", after="One calendar of traffic orders", service="Consents and land"))),
    I("Works at their estimate", "costs", deliverable="Estimates that come true", effects=(
        Effect("estimate", -2.4, -1.5, -0.7, 65, 60, 150, "rates of our own works replace the supplier’s list", 1),), steps=(
        S("Rates from finished works", "costs", ("costs",), work("Collect 80 final accounts", "Clean the quantities", "Publish the rates", hours=14, days=8, done=40), "A book of 60 rates", "Back-tested on ten works within 5 %", service="Cost engineering"),
        S("Cost review at design freeze", "costs", ("costs", "engineer"), work("Write the rule", "Try it at Storm overflow monitors", hours=6, days=5), "A review before each tender", "The estimate is signed by design and site", after="Rates from finished works", service="Cost engineering"),
        S("Change board with the contractors", "capital", ("capital", "costs"), work("Agree the limits", "Hold the first three boards", hours=5, days=8), "A board every fortnight", "No change is older than 14 days", service="Cost engineering"))),
    I("Everybody home safe", "site", deliverable="Fewer injuries", effects=(
        Effect("harm", -0.4, -0.28, -0.15, 80, 10, 90, "what is found on a visit is made safe the same day", 2, confirmed=True),), steps=(
        S("Unannounced site visits", "site", ("site",), work("Draw the sites by risk", "Visit eight sites", "Talk the findings through", hours=10, days=7, done=30), "Eight visits a month", "Each finding is closed within a week", service="Site reviews"),
        S("Cards that stop a job", "site", ("site", "documents"), work("Print the cards", "Brief every crew", hours=5, days=4), "A card for each worker", "The first ten uses are thanked in public", service="Site reviews"))),
    I("Supervision of the promised works", "site", deliverable="Hours go to the works that carry the promises", steps=(
        S("Reviews of mains, pipes and overflows", "site", ("site", "engineer"), work("Full review of Mains replacement", "Standard review of Storm overflow monitors", "Light review of Lead pipe programme", hours=11, days=5), "A review a month", "Every finding has an owner and a date", mode="SUPERVISED", supervises=("mains", "outfall", "lead"), service="Site reviews"),)),
    I("Running the office", "capital", deliverable="The office works", steps=(
        S("Photo report of the month", "documents", ("documents",), work("Collect the photos", "Lay out the pages", hours=6, days=4), "Thirty pages", requested_by="The former director"),
        S("Drawing archive", "documents", ("documents",), work("File the drawings of 2019", hours=9, days=6), "Filed drawings", service="Drawing archive"),
        S("Site diary of the old contract", "documents", ("documents",), work("Keep the diary", hours=4, days=3), "A diary", answer="DUTY"),
        S("Renewal of our mandate", "capital", ("capital",), work("Draft the clauses", "Bring them to the committee", hours=5, days=4), "A mandate for the next two years", "The committee has put it in force before the old one ends"),
        S("Second look-ahead for the region", "engineer", ("engineer",), work("Copy the look-ahead", hours=4, days=2), "The same look-ahead again", answer="NONE"))),
)  # fmt: skip

DONE = (
    S("Trench boxes for every crew", "site", ("site",), (("Buy and hand out the boxes", 40, 12, 100),), "A box for each of 34 crews", "No trench above 1.2 m without one", finished=-320, effects=(Effect("harm", -0.5, -0.3, -0.15, 85, 10, 60, "a wall that cannot fall hurts nobody", 3),)),
)  # fmt: skip

OF_PROJECTS = {
    "mains": Effect("promised", 0.5, 1.5, 3, 60, 30, 90, "a tenth of all promised works lies in it", 1, confirmed=True),
    "outfall": Effect("promised", 0.8, 1.6, 2.4, 70, 10, 60, "180 promised monitors count one by one", 2, confirmed=True),
    "lead": Effect("promised", 0.3, 0.8, 1.5, 50, 30, 120, "each street is a promise with a date"),
    "works": Effect(
        "estimate", -0.8, -0.4, 0.2, 55, 90, 60, "a fifth of the value of all works; the reserve is not touched so far", 1
    ),
}
