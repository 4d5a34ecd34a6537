"""What a page shows wider than its window, or than the box it stands in; for every browser of the tests."""

TOO_WIDE = """() => [document.documentElement, ...document.querySelectorAll("body *")]
    .filter((box) => box.getBoundingClientRect().right > innerWidth + 1
        || box.scrollWidth > box.clientWidth + 1 && box.clientWidth > 0
            && ["visible", "clip"].includes(getComputedStyle(box).overflowX)
            && getComputedStyle(box).display !== "inline" && !box.matches(".skip"))
    .map((box) => `${box.tagName}.${box.className} ${box.scrollWidth} > ${box.clientWidth}`)"""
"""A JavaScript function: the elements that are too wide, in words."""
