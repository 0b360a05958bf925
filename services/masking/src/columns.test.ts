import { describe, expect, it } from 'vitest';
import { matchesColumn } from './columns.js';
import { typeOfColumn } from './names.js';

describe('patterns of columns', () => {
  const users = { table: 'public.users', column: 'Home_Email' };

  it.each([
    ...['home_email', 'HOME_*', '*email', 'h*e*l', 'home?email', '*'],
    ...['users.home_email', 'public.users.*', '*.home_email', 'pub*.home_email'],
  ])('%s names it', (pattern) => {
    expect(matchesColumn(['nothing', pattern], users)).toBe(true);
  });

  it.each(['email', 'home_email?', 'user.home_email', 'hr.users.home_email', '', 'home email'])(
    '%j does not',
    (pattern) => {
      expect(matchesColumn([pattern], users)).toBe(false);
    },
  );

  it('with a table need one', () => {
    expect(matchesColumn(['users.email'], { column: 'email' })).toBe(false);
    expect(matchesColumn(['email'], { column: 'email' })).toBe(true);
  });

  it('do not run away', () => {
    const column = 'a'.repeat(5_000);
    expect(matchesColumn(['*a*a*a*a*a*a*a*a*a*a*b'], { column })).toBe(false);
  });
});

describe('names of columns', () => {
  it.each([
    ['email', 'email'],
    ['E_MAIL', 'email'],
    ['customerEmailAddress', 'email'],
    ['email2', 'email'],
    ['home_phone', 'phone'],
    ['phoneNumber', 'phone'],
    ['ssn', 'national-id'],
    ['card_number', 'card'],
    ['cvv2', 'card-code'],
    ['first_name', 'person-name'],
    ['lastName', 'person-name'],
    ['password_hash', 'password'],
    ['PGPASSWORD', 'password'],
    ['clientSecret', 'password'],
    ['x-api-key', 'high-entropy'],
    ['set-cookie', 'session-cookie'],
    ['Authorization', 'authorization'],
    ['aws_secret_access_key', 'cloud-key'],
    ['iban', 'iban'],
  ])('%s holds %s', (name, type) => {
    expect(typeOfColumn(name)).toBe(type);
  });

  it.each(['name', 'username', 'email_sent', 'phone_verified', 'card_id', 'password_policy', 'id'])(
    '%s says nothing',
    (name) => {
      expect(typeOfColumn(name)).toBeUndefined();
    },
  );

  it('are told again after many others', () => {
    for (let number = 0; number < 10_000; number += 1) typeOfColumn(`column_${number}_x`);
    expect(typeOfColumn('email')).toBe('email');
    expect(typeOfColumn(`${'x'.repeat(200)}_email`)).toBeUndefined();
  });
});
