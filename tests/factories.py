"""Short ways to make rows, through the services that the screens use."""

from allauth.account.models import EmailAddress

from matching.catalogue.services import NeedFacts, OfferFacts, ResourceFacts, publish, write_need, write_offer
from matching.people.models import Person

# Some 60 territories: several of each level, overseas, homonyms, old codes. Their containers come along.
TERRITORY_CODES = [
    ("commune", code)
    for code in (
        "29019 29075 29011 29103 29155 29083 29232 29151 22016 22278 35238 44109 59350 59512 59599 59009 62041 46042"
        " 46102 46127 69123 69381 69382 13055 13201 75056 75101 75118 75119 93066 93059 93001 31555 33063 67482"
        " 2A004 2B033 01001 01004 97411 97415 97209 97302 97105 97608 98818 98735 72181 13004 17300 97101 85113"
        " 35360 76540 21231"
    ).split()
] + [("epci", "242900314"), ("departement", "29"), ("region", "53"), ("country", "FR")]


def make_person(email: str, name: str, **fields) -> Person:
    """An account with a verified address and the password `motdepasse-long`."""
    person = Person.objects.create_user(email, "motdepasse-long", name=name, **fields)
    EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
    return person


def make_offer(organisation, *, published=True, person=None, resource=None, **facts):
    """An offer of a room for 60 people unless told otherwise."""
    resource = resource or ResourceFacts(kind="place", subkind="room", capacity=60, surface_m2=110)
    facts = {
        "title": "Salle Watt en rez-de-chaussée",
        "text": "Une salle avec cuisine pour des ateliers de réparation le samedi.",
        "territory": organisation.territory,
        "perimeter": organisation.territory,
        "provides": "La salle et l’éclairage.",
        **facts,
    }
    offer = write_offer(organisation=organisation, person=person, facts=OfferFacts(resources=[resource], **facts))
    return publish(listing=offer, person=None) if published else offer


def make_need(organisation, *, published=True, person=None, **facts):
    """A need of a room to repair things unless told otherwise."""
    facts = {
        "title": "Une salle pour réparer des objets",
        "text": "Nous réparons des objets avec les habitants et cherchons une salle le samedi.",
        "kinds": ["place"],
        "capacity": 40,
        "territory": organisation.territory,
        "contribution": "Des ateliers ouverts à tous.",
        **facts,
    }
    need = write_need(organisation=organisation, person=person, facts=NeedFacts(**facts))
    return publish(listing=need, person=None) if published else need
