import { createHmac } from 'node:crypto';

export function confirmationOf(email: string, secret: string): string {
  const signature = createHmac('sha256', secret).update(email).digest('hex');
  return `confirm/${encodeURIComponent(email)}/${signature}`;
}

export function fill(template: string, values: Record<string, string>): string {
  return template.replace(/{{(\w+)}}/g, (whole, name: string) => values[name] ?? whole);
}
