// What a page must keep to at every width and size of type.
import { expect, type Page } from '@playwright/test';

// Nothing reaches over the right edge, but for what scrolls in a frame of its own.
export async function fits(page: Page, width: number, when: string) {
  const over = await page.evaluate((edge) => {
    if (document.documentElement.scrollWidth <= edge) return [];
    const reach = (one: Element) => {
      const around = document.createRange();
      around.selectNodeContents(one);
      return Math.max(one.getBoundingClientRect().right, around.getBoundingClientRect().right);
    };
    const reaching = [...document.querySelectorAll('main *, header *')].filter((one) => reach(one) > edge + 1);
    return [`${document.documentElement.scrollWidth} px wide`, ...reaching.map((one) => `${one.tagName.toLowerCase()}.${one.getAttribute('class')}`).slice(0, 6)];
  }, width);
  expect.soft(over, `${page.url()} ${when}`).toEqual([]);
}

// Whatever is pressed is 44 px high, but for links within a running text.
export async function canBePressed(page: Page) {
  const small = await page.evaluate(() => {
    const isShown = (one: Element) => {
      const box = one.getBoundingClientRect();
      return box.width > 1 && box.height > 1 && getComputedStyle(one).visibility !== 'hidden';
    };
    const isInText = (one: Element) =>
      getComputedStyle(one).display === 'inline' && one.parentElement!.textContent!.trim() !== one.textContent!.trim();
    // A link or a label may cover all that is around it.
    const covered = (one: Element) => {
      if (getComputedStyle(one, '::after').position !== 'absolute') return one;
      let around = one;
      while (getComputedStyle(around).position === 'static' && around.parentElement) around = around.parentElement;
      return around;
    };
    const heightOf = (one: Element) => {
      const labels = one instanceof HTMLInputElement ? [...(one.labels ?? [])] : [];
      return Math.max(...[one, ...labels].map((pressed) => covered(pressed).getBoundingClientRect().height));
    };
    return [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')]
      .filter((one) => isShown(one) && !one.classList.contains('lt-skip') && !isInText(one))
      .map((one) => ({ one, height: heightOf(one) }))
      .filter(({ height }) => height < 43.5)
      .map(({ one, height }) => `${one.tagName.toLowerCase()}.${one.className} ${one.textContent!.trim().slice(0, 20)}: ${height.toFixed(1)} px`);
  });
  expect.soft(small, page.url()).toEqual([]);
}
