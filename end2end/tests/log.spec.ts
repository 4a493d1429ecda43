// The scan of the log finds what it looks for, and nothing else.
import { expect, test } from '@playwright/test';
import { scan } from '../scan-log';

const line = (message: string) => JSON.stringify({ timestamp: '2026-11-18T02:00:00.123456Z', fields: { message } });

test('the scan finds phones, ID numbers, tokens and codes', () => {
  const secrets = new Set(['482913']);
  for (const held of ['13800000001', '53010219900101123X', 'ab'.repeat(32), 'code 482913 sent', '"482913"']) {
    expect(scan(line(held), secrets), held).toHaveLength(1);
  }
});

test('the scan takes no other number for one', () => {
  const secrets = new Set(['482913', '123456']);
  const order = '01936b1c-7a4e-7000-8000-138000000012';
  for (const held of ['answered', order, '1482913', 'r482913', 'LT20261118000001', 'ab'.repeat(8), '1763431200000']) {
    expect(scan(line(held), secrets), held).toHaveLength(0);
  }
});
