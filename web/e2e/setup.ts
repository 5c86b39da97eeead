// Once before all tests: the first admin, by the link that the server printed (LENSFINDER_CLAIM), and a
// lead. Without the link the tests of leads and admins are skipped and say so.
import { chromium } from '@playwright/test';
import { call, newAccount, newPerson, verify } from '../tools/people.js';

export default async function setup(): Promise<void> {
  const secret = process.env.LENSFINDER_CLAIM?.split('#').at(-1);
  if (!secret) return;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const admin = { ...newAccount(), name: 'Ada 管理' };
  const lead = { ...newAccount(), name: 'Lena 组长' };
  const asLead = await browser.newContext();
  await newPerson(asLead, lead);
  await verify(asLead, lead);
  const { id } = await call(asLead, 'get', '/me');
  const asAdmin = await browser.newContext();
  await newPerson(asAdmin, admin);
  await verify(asAdmin, admin);
  await call(asAdmin, 'post', '/admin/claim', { secret });
  await call(asAdmin, 'put', `/admin/people/${id}/role`, { role: 'lead' });
  await browser.close();
  process.env.E2E_ADMIN = JSON.stringify(admin);
  process.env.E2E_LEAD = JSON.stringify(lead);
}
