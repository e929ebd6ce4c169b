// Draws the charts of a page: ECharts options stand as JSON beside each chart. Names beside bars take what a
// screen has to spare.
"use strict";
for (const place of document.querySelectorAll("[data-chart]")) {
  const option = JSON.parse(document.getElementById("chart-" + place.dataset.chart).textContent);
  const chart = echarts.init(place, null, { renderer: "canvas", locale: document.documentElement.lang.startsWith("zh") ? "ZH" : "EN" });
  chart.setOption(option);
  const named = option.yAxis.type === "category";
  const fit = () => {
    chart.resize();
    if (named) chart.setOption({ yAxis: { axisLabel: { width: Math.min(300, chart.getWidth() * 0.38) } } });
  };
  new ResizeObserver(fit).observe(place);
}
