// Runs while the page loads, before any WebAssembly: one submission per form, the way back, the wait for another code.
(() => {
  const restMs = 30000;

  const rest = (form, button) => {
    delete form.dataset.sent;
    button?.removeAttribute('aria-disabled');
    if (button?.dataset.words) button.textContent = button.dataset.words;
  };

  addEventListener('submit', (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.method !== 'post') return;
    if ('sent' in form.dataset || button?.dataset.wait > 0) return event.preventDefault();
    form.dataset.sent = '';
    if (button) {
      button.setAttribute('aria-disabled', 'true');
      if (button.dataset.busy) {
        button.dataset.words = button.textContent;
        button.textContent = button.dataset.busy;
      }
    }
    // An answer that never comes must not lock the form for good.
    setTimeout(rest, restMs, form, button);
  });

  // A form that was sent carries a used key: the page comes back from the browser's memory with a fresh one.
  addEventListener('pageshow', (event) => {
    if (event.persisted && document.querySelector('form[data-sent]')) location.reload();
  });

  addEventListener('click', (event) => {
    const link = event.target.closest?.('a[data-return], a[data-keep]');
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if ('keep' in link.dataset) return keepTicks(link);
    const came = document.referrer && new URL(document.referrer);
    if (!came || came.origin !== location.origin || came.pathname !== link.pathname) return;
    event.preventDefault();
    history.back();
  });

  // The list of records takes its ticks from the address.
  const keepTicks = (link) => {
    const list = document.querySelector('form#records');
    if (!list) return;
    const here = new URLSearchParams(location.search);
    here.delete('choose');
    here.delete('records');
    for (const id of new FormData(list).getAll('records')) here.append('records', id);
    const query = `${here}` && `?${here}`;
    link.search = `?${new URLSearchParams({ next: location.pathname + query })}`;
  };

  const countDown = (button) => {
    const words = button.textContent;
    const until = Date.now() + button.dataset.wait * 1000;
    const tick = () => {
      const left = Math.ceil((until - Date.now()) / 1000);
      button.dataset.wait = Math.max(left, 0);
      button.textContent = left > 0 ? button.dataset.waiting.replace('{seconds}', left) : words;
      button.toggleAttribute('data-resting', left > 0);
      if (left > 0) setTimeout(tick, 250);
    };
    tick();
  };
  addEventListener('DOMContentLoaded', () => document.querySelectorAll('button[data-wait]').forEach(countDown));
})();
