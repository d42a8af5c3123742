"""What the pages are made of, and the figures of a desk: judged in light and dark, narrow and wide."""

import pytest


@pytest.mark.parametrize("width", [320, 1280])
def test_every_component_in_every_state_is_sound(open_window, width):
    staff = open_window(width)
    staff.sign_in("Administrateur")
    staff.go("/composants/")
    # What was folded is judged too.
    staff.page.locator("details").evaluate_all("all => all.forEach(one => one.open = !one.closest('.header'))")
    staff.check()


def test_the_figures_of_a_desk_can_be_read_by_everybody(open_window):
    officer = open_window(360)
    officer.sign_in("Agente")
    officer.press("Nos chiffres", role="link")
    officer.sees("Rapprochements proposés")
    download = officer.page.get_by_role("link", name="Télécharger le tableau (CSV)")
    with officer.page.expect_download() as asked:
        download.click()
    assert asked.value.suggested_filename.startswith("chiffres-")
