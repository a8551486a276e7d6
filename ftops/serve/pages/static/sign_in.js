// Shows the token once; from then on a cookie that no script can read stands for it.

const form = document.getElementById("sign-in");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const refused = document.getElementById("refused");
  refused.textContent = "";
  const answer = await fetch("/api/session", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token: form.elements.token.value.trim() }),
  }).catch(() => null);
  if (answer?.ok) location.reload();
  else refused.textContent = answer ? (await answer.json()).error.message : "the server cannot be reached";
});
