"""What holds of every bundle of use rights, whoever composed it, and what a need finds beside an offer."""

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from matching.catalogue.models import Extent, Holder, Right, RightsBundle
from matching.catalogue.models.rights import CHAIN, KEEPERS, RIGHTS_OF, Domain, Revocable, column
from matching.catalogue.rights import (
    NAMES,
    PRESETS,
    Bundle,
    IncoherentRights,
    at_odds,
    compare,
    of_public_domain,
    with_needed,
)
from matching.engine.listings import RIGHTS, with_implied
from tests.factories import make_offer

COLUMNS = [column(holder, right) for holder in Holder for right in RIGHTS_OF[holder]]
ORDER = {Extent.NO: 0, Extent.CONDITIONS: 1, Extent.GRANTED: 2}
quietly = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])

bundles = st.builds(
    lambda extents, domain, revocable: Bundle(**extents, domain=domain, revocable=revocable),
    st.fixed_dictionaries({name: st.sampled_from(Extent) for name in COLUMNS}),
    st.sampled_from(["", *Domain]),
    st.sampled_from(["", *Revocable]),
)
_extents = st.fixed_dictionaries(
    {holder: st.lists(st.sampled_from(Extent), min_size=4, max_size=4) for holder in Holder}
)


@st.composite
def sound_bundles(draw):
    """Bundles that keep every rule, made so: a chain never grows, the authority keeps exclusion."""
    drawn = draw(_extents)
    told = {}
    for holder, extents in drawn.items():
        falling = sorted(extents, key=lambda extent: -ORDER[extent])
        told |= {
            column(holder, right): each
            for right, each in zip(CHAIN, falling, strict=True)
            if right in RIGHTS_OF[holder]
        }
    told |= {column(Holder.AUTHORITY, right): Extent.GRANTED for right in CHAIN}
    domain = draw(st.sampled_from(["", *Domain]))
    if domain != Domain.PUBLIC:
        told |= {column(holder, Right.ALIENATION): draw(st.sampled_from(Extent)) for holder in KEEPERS}
    else:
        told |= {column(holder, Right.ALIENATION): Extent.NO for holder in KEEPERS}
    revocable = draw(st.sampled_from(["", Revocable.NOTICE, Revocable.ANYTIME]))
    return Bundle(**told, domain=domain, revocable=revocable)


def keeps_every_rule(bundle):
    """The rules, said again in other words than the code's."""
    for holder in Holder:
        reaches = [ORDER[bundle.extent(holder, right)] for right in CHAIN if right in RIGHTS_OF[holder]]
        if reaches != sorted(reaches, reverse=True):
            return False
    if not any(bundle.extent(holder, Right.EXCLUSION) == Extent.GRANTED for holder in KEEPERS):
        return False
    if bundle.domain == Domain.PUBLIC:
        alienated = any(bundle.extent(holder, Right.ALIENATION) != Extent.NO for holder in Holder)
        return not alienated and bundle.revocable != Revocable.FIRM
    return True


@quietly
@given(bundles)
def test_what_is_at_odds_is_exactly_what_breaks_a_rule(bundle):
    assert (at_odds(bundle) == []) == keeps_every_rule(bundle)


@quietly
@given(sound_bundles())
def test_exclusion_implies_management_implies_withdrawal_implies_access(bundle):
    assert at_odds(bundle) == []
    for holder in Holder:
        held = [right for right in CHAIN if bundle.extent(holder, right) == Extent.GRANTED]
        assert held == list(CHAIN[: len(held)])


@quietly
@given(sound_bundles())
def test_somebody_keeps_exclusion_and_the_public_domain_is_never_parted_with(bundle):
    assert any(bundle.extent(holder, Right.EXCLUSION) == Extent.GRANTED for holder in KEEPERS)
    without = {column(holder, Right.EXCLUSION): Extent.NO for holder in KEEPERS}
    assert "exclusion" in {broken.rule for broken in at_odds(Bundle.from_plain(bundle.as_plain() | without))}
    if bundle.domain == Domain.PUBLIC:
        assert all(bundle.extent(holder, Right.ALIENATION) == Extent.NO for holder in Holder)


@quietly
@given(sound_bundles())
def test_a_bundle_comes_back_from_plain_values(bundle):
    assert Bundle.from_plain(bundle.as_plain()) == bundle


@pytest.mark.parametrize("preset", [preset for presets in PRESETS.values() for preset in presets], ids=lambda p: p.key)
def test_every_preset_is_sound_even_over_the_public_domain(preset):
    assert at_odds(preset.bundle) == []
    left = {broken.name for broken in at_odds(of_public_domain(preset.bundle))}
    # What a preset lets the collective pass on, the form says at its place.
    assert left <= {column(Holder.COLLECTIVE, Right.ALIENATION), column(Holder.TOGETHER, Right.ALIENATION)}


@quietly
@given(st.lists(st.sampled_from(RIGHTS)))
def test_a_right_asks_for_those_that_it_needs_as_the_matcher_reads_it(rights):
    assert with_needed(rights) == set(with_implied(rights))


@quietly
@given(st.lists(st.sampled_from(RIGHTS)), sound_bundles())
def test_the_gap_and_the_gate_say_the_same(rights, bundle):
    missing = {each.right for each in compare(rights, bundle) if each.gap == "missing"}
    held = {right for right, extent in bundle.extents.items() if extent != Extent.NO}
    assert missing == set(with_implied(rights)) - held
    for each in compare(rights, bundle):
        assert each.is_asked or not each.gap


class TestDatabase(TestCase):
    """The database refuses exactly what the code refuses."""

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(st.one_of(bundles, sound_bundles()))
    def test_it_keeps_the_same_rules(self, bundle):
        from matching.catalogue.models import Offer
        from matching.organisations.models import Organisation

        authority, _new = Organisation.objects.get_or_create(
            slug="essai", defaults={"side": "authority", "legal_form": "public_body", "name": "Essai"}
        )
        offer = Offer.objects.create(organisation=authority, title="Salle")
        refused = False
        try:
            with transaction.atomic():
                RightsBundle.objects.create(offer=offer, **{name: getattr(bundle, name) for name in NAMES})
        except IntegrityError:
            refused = True
        assert refused == (not keeps_every_rule(bundle))


@pytest.mark.django_db
def test_an_incoherent_bundle_is_not_written(brest):
    alone = Bundle(collective_exclusion=Extent.GRANTED)
    with pytest.raises(IncoherentRights):
        make_offer(brest, rights=alone)
    assert not RightsBundle.objects.exists()
