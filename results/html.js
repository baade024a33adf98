/* SPDX-License-Identifier: GPL-2.0-only */
/* The page is whole without this. It filters rows, opens the one that the address names, and keeps the filters there. */
(function () {
	"use strict";
	var page = document.documentElement, form = document.querySelector(".filters");
	var words = form.elements.words, suite = form.elements.suite, differs = form.elements.differs;
	var buttons = [].slice.call(form.querySelectorAll("button[data-verdict]"));
	var sections = [].slice.call(document.querySelectorAll("section.suite"));
	var rows = [].slice.call(document.querySelectorAll("details.row"));
	var shown = form.querySelector("output"), opener = form.elements.opener;
	var texts = new Map();

	page.className = "js";

	function text(row) {
		if (!texts.has(row)) {
			var parts = row.querySelectorAll(".what, .message, dd");

			texts.set(row, [].map.call(parts, function (p) { return p.textContent; }).join("\n").toLowerCase());
		}
		return texts.get(row);
	}

	function pressed() {
		return buttons.filter(function (b) { return b.getAttribute("aria-pressed") === "true"; })
			.map(function (b) { return b.dataset.verdict; });
	}

	function fits(row, wanted, verdicts) {
		return (!verdicts.length || verdicts.some(function (v) { return row.dataset.verdicts.split(" ").indexOf(v) >= 0; })) &&
			(!(differs && differs.checked) || row.dataset.differs !== undefined) &&
			(!suite.value || row.parentNode.dataset.suite === suite.value) &&
			wanted.every(function (w) { return text(row).indexOf(w) >= 0; });
	}

	function apply() {
		var wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean), verdicts = pressed(), n = 0;

		rows.forEach(function (row) {
			row.hidden = !fits(row, wanted, verdicts);
			n += row.hidden ? 0 : 1;
		});
		sections.forEach(function (s) { s.hidden = !s.querySelector("details.row:not([hidden])"); });
		shown.value = n === rows.length ? n + " behaviours" : n + " of " + rows.length + " behaviours";
	}

	/* The filters as the address has them: #?words=...&verdict=fail,crash&suite=user&differs=1 */
	function remember() {
		var state = new URLSearchParams();

		if (words.value) state.set("words", words.value);
		if (pressed().length) state.set("verdict", pressed().join(","));
		if (suite.value) state.set("suite", suite.value);
		if (differs && differs.checked) state.set("differs", "1");
		history.replaceState(null, "", "#" + (state.toString() ? "?" + state : ""));
	}

	function changed() {
		apply();
		remember();
	}

	function set(state) {
		var verdicts = (state.get("verdict") || "").split(",");

		words.value = state.get("words") || "";
		suite.value = state.get("suite") || "";
		if (differs) differs.checked = state.has("differs");
		buttons.forEach(function (b) { b.setAttribute("aria-pressed", verdicts.indexOf(b.dataset.verdict) >= 0); });
		apply();
	}

	function follow() {
		var hash = location.hash.slice(1), place;

		if (!hash || hash[0] === "?") {
			set(new URLSearchParams(hash.slice(1)));
			return;
		}
		place = document.getElementById(decodeURIComponent(hash));
		if (!shown.value)
			apply();
		if (!place || !place.closest("details.row"))
			return;
		if (place.closest("details.row").hidden)
			set(new URLSearchParams());
		place.closest("details.row").open = true;
		place.closest("details.row").scrollIntoView();
	}

	function measure() {
		var head = document.querySelector(".sticky");

		page.style.setProperty("--top", (getComputedStyle(head).position === "sticky" ? head.offsetHeight : 0) + "px");
	}

	form.addEventListener("submit", function (e) { e.preventDefault(); });
	words.addEventListener("input", changed);
	suite.addEventListener("change", changed);
	if (differs) differs.addEventListener("change", changed);
	buttons.forEach(function (b) {
		b.addEventListener("click", function () {
			b.setAttribute("aria-pressed", b.getAttribute("aria-pressed") !== "true");
			changed();
		});
	});
	opener.addEventListener("click", function () {
		var seen = rows.filter(function (r) { return !r.hidden; });
		var open = !seen.every(function (r) { return r.open; });

		seen.forEach(function (r) { r.open = open; });
	});
	/* Commands are copied as text that is marked: that needs no network, no permission, and no server. */
	function copy(button) {
		var range = document.createRange(), marked = getSelection(), done = false;

		range.selectNodeContents(button.previousSibling);
		marked.removeAllRanges();
		marked.addRange(range);
		try {
			done = document.execCommand("copy");
		} catch (e) {
			/* It stays marked for the user to copy. */
		}
		if (done)
			marked.removeAllRanges();
		button.textContent = done ? "copied" : "marked: copy it";
		setTimeout(function () { button.textContent = "copy"; }, 2000);
	}

	/* A row gets its buttons when it is opened. */
	document.addEventListener("toggle", function (e) {
		if (!e.target.open || !e.target.matches("details.row") || e.target.querySelector(".copy"))
			return;
		[].forEach.call(e.target.querySelectorAll(".command"), function (command) {
			var button = document.createElement("button");

			button.type = "button";
			button.className = "copy";
			button.textContent = "copy";
			button.addEventListener("click", function () { copy(button); });
			command.parentNode.insertBefore(button, command.nextSibling);
		});
	}, true);
	document.addEventListener("keydown", function (e) {
		if (e.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName) && !e.ctrlKey && !e.altKey && !e.metaKey) {
			e.preventDefault();
			words.focus();
		} else if (e.key === "Escape" && e.target === words && words.value) {
			words.value = "";
			changed();
		}
	});
	window.addEventListener("hashchange", follow);
	window.addEventListener("resize", measure);
	/* Once more when all is laid out, for the browser has scrolled to the place by itself. */
	window.addEventListener("load", function () { setTimeout(follow); });
	measure();
	follow();
}());
