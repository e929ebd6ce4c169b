// Draws the charts of a page: ECharts options stand as JSON beside each chart.
"use strict";
for (const place of document.querySelectorAll("[data-chart]")) {
  const option = JSON.parse(document.getElementById("chart-" + place.dataset.chart).textContent);
  const chart = echarts.init(place, null, { renderer: "canvas" });
  chart.setOption(option);
  new ResizeObserver(() => chart.resize()).observe(place);
}
