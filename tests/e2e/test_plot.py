"""The plot and its slider on made-up points: what reaches the GPU, and what is to be seen."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.installed import ROOT
from tests.e2e.instrumented import INSTRUMENT, Calls, build_harness, calls_during, serve
from tests.e2e.watched import Tab

AXE = ROOT / "web/node_modules/axe-core/axe.min.js"
VIOLATIONS = """async () => (await axe.run({ exclude: [".harness"] })).violations
  .map(({ id, nodes }) => [id, nodes.map((node) => node.html.slice(0, 160))])"""


@pytest.fixture(scope="module")
def harness() -> Iterator[str]:
    with serve(build_harness()) as address:
        yield address


@pytest.fixture
def show(harness: str, open_tab: Callable[..., Tab]) -> Callable[..., Tab]:
    """Open the page with a number of points, and wait for the first picture."""

    def shown(query: str = "", **options: object) -> Tab:
        tab = open_tab(**{"viewport": {"width": 820, "height": 860}, **options})
        tab.page.add_init_script(INSTRUMENT)
        tab.page.goto(f"{harness}?{query}")
        tab.page.wait_for_function("window.gl && look().active > 0", timeout=60_000)
        tab.page.evaluate("frames2()")
        return tab

    return shown


def slider(page: Page) -> Locator:
    return page.get_by_role("slider", name="Images to keep")


def plot(page: Page) -> Locator:
    return page.get_by_role("application")


def test_each_press_of_the_slider_is_one_uniform_and_a_new_picture(show: Callable[..., Tab]) -> None:
    tab = show("keep=100")
    page = tab.page
    slider(page).focus()
    page.evaluate("follow('keydown')")
    asked, active = len(tab.requests), [page.evaluate("look().active")]
    keys = ["ArrowRight", "Shift+ArrowRight", "PageUp", "End", "Home", "Shift+ArrowUp", "PageUp", "ArrowLeft"]
    for number, key in enumerate(keys, start=1):
        page.keyboard.press(key)
        page.wait_for_function(f"seen.length >= {number}")
        page.evaluate("frames2()")
    for seen in page.evaluate("seen.filter(({calls}) => calls.length > 0)"):
        calls = Calls(seen["calls"])
        assert calls.uniforms == ["uniform1ui"]
        assert calls.uploads == []
        assert len(calls.draws) <= 3
        assert seen["active"] != active[-1]
        active.append(seen["active"])
    assert len(active) == len(keys) + 1
    assert len(tab.requests) == asked


def test_dragging_the_slider_uploads_and_asks_for_nothing(show: Callable[..., Tab]) -> None:
    tab = show("keep=100")
    page = tab.page
    box = slider(page).bounding_box()
    assert box is not None
    asked, before = len(tab.requests), page.evaluate("look().active")

    def drag() -> None:
        page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 14)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.7, box["y"] + 14, steps=12)
        page.mouse.up()

    calls = calls_during(page, drag)
    assert 2 <= len(calls.uniforms) <= 14
    assert set(calls.uniforms) == {"uniform1ui"}
    assert calls.uploads == []
    assert len(calls.draws) == len(calls.uniforms)
    assert page.evaluate("look().active") > before
    assert len(tab.requests) == asked


def test_the_curve_sets_the_number_too(show: Callable[..., Tab]) -> None:
    page = show("keep=500").page
    before = page.evaluate("look().active")
    page.get_by_role("button", name=re.compile("bends at")).click()
    expect(slider(page)).to_have_attribute("aria-valuenow", re.compile(r"^\d\d$"))
    page.evaluate("frames2()")
    assert page.evaluate("look().active") < before


def test_another_tag_is_one_texture_of_bits(show: Callable[..., Tab]) -> None:
    page = show("n=20000&keep=19993").page
    everything = page.evaluate("look()")
    calls = calls_during(page, page.get_by_role("button", name="half").click)
    assert [name for name, _ in calls.uploads] == ["texImage2D"]
    assert sum(size for _, size in calls.uploads) <= 20_000 / 8 + 1024  # whole rows of the texture
    half = page.evaluate("look()")
    assert half["active"] < 0.8 * everything["active"]
    assert half["drawn"] > 0.9 * everything["drawn"], "what is not active stays, in grey"
    page.get_by_role("button", name="all").click()
    page.wait_for_function(f"look().sum === {everything['sum']}")


def test_another_ranking_is_one_buffer(show: Callable[..., Tab]) -> None:
    page = show("n=20000").page
    calls = calls_during(page, page.get_by_role("button", name="ranked").click)
    assert calls.uploads == [("bufferData", 80_000)]


def test_what_was_kept_before_is_shown_whatever_its_rank(show: Callable[..., Tab]) -> None:
    page = show("keep=1&before=no").page
    drawn = page.evaluate("look().drawn")
    calls = calls_during(page, page.get_by_role("button", name="before").click)
    assert [name for name, _ in calls.uploads] == ["texImage2D"]
    expect(page.get_by_text("kept before 21")).to_be_visible()
    assert page.evaluate("look().drawn") > drawn


def test_a_million_points_follow_the_slider(show: Callable[..., Tab]) -> None:
    tab = show("n=1000000&keep=2000")
    page = tab.page
    slider(page).focus()
    asked = len(tab.requests)
    for key in ("PageUp", "Home"):
        before = page.evaluate("look().active")
        calls = calls_during(page, lambda key=key: page.keyboard.press(key))
        assert calls.uniforms == ["uniform1ui"]
        assert (calls.uploads, len(calls.draws) <= 3) == ([], True)
        assert page.evaluate("look().active") != before
    calls = calls_during(page, page.get_by_role("button", name="half").click)
    assert [(name, size <= 1_000_000 / 8 + 1024) for name, size in calls.uploads] == [("texImage2D", True)]
    assert len(tab.requests) == asked


def test_pan_and_zoom_send_no_points_and_reset_brings_the_view_back(show: Callable[..., Tab]) -> None:
    page = show().page
    whole = page.evaluate("look().sum")
    box = plot(page).bounding_box()
    assert box is not None

    def drag() -> None:
        page.mouse.move(box["x"] + 300, box["y"] + 200)
        page.mouse.down()
        page.mouse.move(box["x"] + 380, box["y"] + 260, steps=4)
        page.mouse.up()

    def keys() -> None:
        plot(page).focus()
        for key in ("ArrowLeft", "ArrowUp", "+", "-", "-"):
            page.keyboard.press(key)

    gestures = {
        "drag": drag,
        "wheel": lambda: page.mouse.wheel(0, -240),
        "double click": lambda: page.mouse.dblclick(box["x"] + 200, box["y"] + 200),
        "keys": keys,
        "button": page.get_by_role("button", name="Zoom in").click,
    }
    seen = {whole}
    for name, gesture in gestures.items():
        assert calls_during(page, gesture).uploads == [], name
        picture = page.evaluate("look().sum")
        assert picture not in seen, name
        seen.add(picture)
    page.get_by_role("button", name="Reset").click()
    page.mouse.move(0, 0)
    page.wait_for_function(f"look().sum === {whole}")


def test_the_card_shows_what_is_under_the_pointer_and_a_click_opens_it(show: Callable[..., Tab]) -> None:
    tab = show("keep=30")
    page = tab.page
    card = page.get_by_role("status")
    box = plot(page).bounding_box()
    assert box is not None
    # The rightmost active pixel: there the card has to open to the left.
    x, y = page.evaluate(
        """() => {
          const { width, height } = gl.canvas, pixels = new Uint8Array(4 * width * height);
          gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
          for (let x = width - 1; x >= 0; x--) for (let y = 0; y < height; y++) {
            const at = 4 * (y * width + x);
            const active = pixels[at + 3] > 250 && pixels[at] > 150 && pixels[at + 1] < 100;
            if (active) return [x - 2, height - 1 - y];
          }
        }"""
    )
    page.mouse.click(box["x"] + x, box["y"] + y)
    expect(page).to_have_title(re.compile(r"opened \d+"))
    expect(card).to_contain_text("orchard/DJI_0412.jpg")
    expect(card).to_contain_text(re.compile(r"rank \d+ · [\d.]+"))
    inside = card.bounding_box()
    assert inside is not None
    assert box["x"] < inside["x"] < inside["x"] + inside["width"] < box["x"] + box["width"]
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + 4)
    expect(card).to_have_count(0)


def test_a_sweep_across_the_points_asks_for_no_images(show: Callable[..., Tab]) -> None:
    tab = show()
    tab.page.evaluate(
        """() => {
          const { left, top, width, height } = gl.canvas.getBoundingClientRect();
          for (let share = 0; share <= 1; share += 0.02) {
            const at = { clientX: left + share * width, clientY: top + share * height, pointerId: 1 };
            gl.canvas.dispatchEvent(new PointerEvent("pointermove", at));
          }
          gl.canvas.dispatchEvent(new PointerEvent("pointerleave", { pointerId: 1 }));
        }"""
    )
    tab.page.evaluate("frames2()")
    assert tab.asked("/api/") == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_plot_slider_and_card(show: Callable[..., Tab], theme: str) -> None:
    page = show(f"theme={theme}&before=yes&keep=700").page
    box = plot(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("status")).to_be_visible()
    page.add_script_tag(path=AXE)
    assert page.evaluate(VIOLATIONS) == []


def test_hover_among_many_points_waits_for_its_worker(show: Callable[..., Tab]) -> None:
    page = show("n=150000&keep=150").page
    box = plot(page).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(page.get_by_role("status")).to_be_visible()
    assert len(page.workers) <= 1


def test_a_lost_gpu_comes_back_with_the_same_picture(show: Callable[..., Tab]) -> None:
    page = show("keep=200").page
    before = page.evaluate("look().sum")
    page.evaluate(
        """async () => {
          const loss = gl.getExtension("WEBGL_lose_context");
          const lost = new Promise((done) => gl.canvas.addEventListener("webglcontextlost", done));
          loss.loseContext();
          await lost;
          const back = new Promise((done) => gl.canvas.addEventListener("webglcontextrestored", done));
          setTimeout(() => loss.restoreContext());
          await back;
        }"""
    )
    page.wait_for_function(f"look().sum === {before}")


def test_nothing_is_drawn_while_nothing_happens(show: Callable[..., Tab]) -> None:
    page = show().page
    calls = calls_during(page, lambda: [page.evaluate("frames2()") for _ in range(10)])
    assert calls.draws == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_follow_the_theme_and_sharpness_the_screen(show: Callable[..., Tab], theme: str) -> None:
    page = show(f"theme={theme}&keep=300", device_scale_factor=2).page
    width, css = page.evaluate("[gl.canvas.width, gl.canvas.clientWidth]")
    assert width == 2 * css
    page.set_viewport_size({"width": 700, "height": 860})
    page.wait_for_function(f"gl.canvas.width < {width} && gl.canvas.width === 2 * gl.canvas.clientWidth")
    page.evaluate("frames2()")
    assert page.evaluate("look().active") > 300
    other = "dark" if theme == "light" else "light"
    page.evaluate(f"document.documentElement.dataset.mantineColorScheme = '{other}'")
    page.wait_for_function("look().active > 300")


def test_less_motion_means_no_glide(show: Callable[..., Tab]) -> None:
    still = show(reduced_motion="reduce").page
    plot(still).focus()
    assert len(calls_during(still, lambda: still.keyboard.press("ArrowLeft")).draws) <= 2
    moving = show(reduced_motion="no-preference").page
    plot(moving).focus()
    before = moving.evaluate("calls.length")
    moving.keyboard.press("+")
    moving.wait_for_function(f"calls.slice({before}).filter(([name]) => name.startsWith('draw')).length >= 3")


def test_without_webgl_there_is_a_picture_of_the_servers(harness: str, open_tab: Callable[..., Tab]) -> None:
    tab = open_tab()
    tab.page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    tab.page.goto(f"{harness}?theme=dark&keep=40")
    expect(tab.page.get_by_role("img", name=re.compile("no WebGL2"))).to_be_visible()
    (asked,) = tab.asked("/picture")
    assert "theme=dark" in asked.url
