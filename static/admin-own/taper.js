// Drawing up a taper: shows the fields of the chosen way alone, and what it comes to while one types.
// Without this script every field is there, and “Preview” shows the same.
(() => {
    const form = document.querySelector("form[data-live-preview]");
    if (!form) return;
    const way = form.querySelector("[name=recipe-way]");
    const shown = document.getElementById("preview");

    const showWay = () => {
        for (const part of form.querySelectorAll("[data-ways]")) {
            const belongs = part.dataset.ways.split(" ").includes(way.value);
            part.hidden = !belongs;
            for (const input of part.querySelectorAll("input:not([type=hidden]), select, textarea")) input.disabled = !belongs;
        }
    };

    let wait, asked = 0;
    const preview = async () => {
        const number = ++asked;
        const data = new FormData(form);
        data.set("_fragment", "1");
        shown.setAttribute("aria-busy", "true");
        let text = "";
        try {
            const answer = await fetch(window.location.href, { method: "POST", body: data, credentials: "same-origin" });
            // Anything else than the preview, such as a sign-in page, is for “Preview” to show.
            if (answer.ok && !answer.redirected) text = await answer.text();
        } catch {
            // Offline: what was shown stays, and “Preview” says more.
        }
        if (number !== asked) return;
        if (text) shown.innerHTML = text;
        shown.removeAttribute("aria-busy");
    };
    const later = () => { clearTimeout(wait); wait = setTimeout(preview, 500); };

    form.addEventListener("input", later);
    form.addEventListener("change", later);
    way.addEventListener("change", showWay);
    showWay();
    if (!shown.querySelector("table")) preview();
})();
