// Draws the charts of a page: ECharts options stand as JSON beside each chart. Names beside bars take what a
// screen has to spare. A flow says what it is, and leads to where it is printed.
"use strict";
for (const place of document.querySelectorAll("[data-chart]")) {
  const option = JSON.parse(document.getElementById("chart-" + place.dataset.chart).textContent);
  const flows = option.series[0].type === "sankey";
  if (flows) option.tooltip.formatter = (at) => at.data.title || at.data.label.formatter;
  const chart = echarts.init(place, null, { renderer: "canvas", locale: document.documentElement.lang.startsWith("zh") ? "ZH" : "EN" });
  chart.setOption(option);
  if (flows) chart.on("click", (at) => { if (at.data.address) location.href = at.data.address; });
  const named = !flows && option.yAxis.type === "category";
  const fit = () => {
    chart.resize();
    if (named) chart.setOption({ yAxis: { axisLabel: { width: Math.min(300, chart.getWidth() * 0.38) } } });
  };
  new ResizeObserver(fit).observe(place);
}
