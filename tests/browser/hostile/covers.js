// What a page may do to a question or a form of ours that stands in it, so that the clerk presses what they do not see.
(() => {
  const hosts = () => [...document.body.children].filter(({ localName, style }) => localName === "div" && style.position === "fixed");
  const all = "position:fixed;inset:0;width:100%;height:100%;border:0;margin:0;background:#fff;z-index:2147483647;pointer-events:none;";
  const over = (name, more = {}) => {
    const made = document.body.appendChild(Object.assign(document.createElement(name), more));
    made.style.cssText = all;
    return made;
  };
  const style = (words) => hosts().forEach((host) => (host.style.cssText += words));
  return {
    // Nothing is to be seen of it.
    see_through: () => style("opacity:0.01!important"),
    // The same by what it stands in.
    see_through_page: () => (document.documentElement.style.opacity = "0.01"),
    // Something lies over it and lets every press through.
    element_above: () => over("div"),
    // A frame with a page of its own lies over it.
    frame_above: () => over("iframe", { srcdoc: "<p>抽奖" }),
    // In the layer above all layers, where no z-index reaches.
    top_layer: () => over("div", { popover: "manual" }).showPopover(),
    // It is made too small to be read.
    scaled: () => style("transform:scale(0.2)!important;transform-origin:100% 100%!important"),
    // Only a strip of it is left.
    clipped: () => style("clip-path:inset(70% 0 0 0)!important"),
    // Its colours are taken away.
    filtered: () => (document.body.style.filter = "contrast(0) brightness(3)"),
    // It is blended into what lies beneath.
    blended: () => style("mix-blend-mode:screen!important"),
  };
})()
