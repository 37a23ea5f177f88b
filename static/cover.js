/* The page of a cover: a click on the picture says which point of it stays in sight. Without it the sliders do. */

const whole = document.querySelector("[data-focus] img");
const seenFrom = [document.getElementById("x"), document.getElementById("y")];

if (whole && seenFrom.every(Boolean)) {
  const framed = document.querySelector(".focus-framed .cover");
  const mark = document.createElement("span");
  mark.className = "focus-mark";
  whole.after(mark);

  // as the server has it: the frame of 3 by 4 hides a part along one side alone
  const hold = () => {
    const [x, y] = seenFrom.map(slider => slider.value / 100);
    const ratio = whole.width / whole.height / 0.75;
    const shown = ratio > 1 ? 1 / ratio : ratio;
    const before = shown < 1 ? ((ratio > 1 ? x : y) - shown / 2) / (1 - shown) : 0.5;
    const place = `${Math.min(1, Math.max(0, before)) * 100}%`;
    framed.style.objectPosition = `${place} ${place}`;
    mark.style.left = `${x * 100}%`;
    mark.style.top = `${y * 100}%`;
  };

  whole.addEventListener("click", e => {
    const box = whole.getBoundingClientRect();
    seenFrom[0].value = (e.clientX - box.left) / box.width * 100;
    seenFrom[1].value = (e.clientY - box.top) / box.height * 100;
    hold();
  });
  for (const slider of seenFrom) slider.addEventListener("input", hold);
  document.documentElement.classList.add("can-focus");
  hold();
}
