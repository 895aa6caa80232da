// The three ready-made people. Their pictures are data URIs: they show offline, on any origin, under http and https.

const kPeople = [
  { id: 'alice', name: 'Alice Andersson', colours: ['#ff7a59', '#c2255c'], updatedAt: '2026-01-05T08:00:00.000Z' },
  { id: 'bob', name: 'Bob Baker', colours: ['#4dabf7', '#364fc7'], updatedAt: '2026-01-06T08:00:00.000Z' },
  { id: 'carol', name: 'Carol Castillo', colours: ['#51cf66', '#087f5b'], updatedAt: '2026-01-07T08:00:00.000Z' },
];

function avatar({ name, colours: [from, to] }) {
  const svg =
    `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 96 96'><linearGradient id='g' x2='1' y2='1'>` +
    `<stop stop-color='${from}'/><stop offset='1' stop-color='${to}'/></linearGradient>` +
    `<rect width='96' height='96' fill='url(#g)'/><text x='48' y='63' text-anchor='middle' fill='#fff' ` +
    `font-family='sans-serif' font-weight='600' font-size='44'>${name[0]}</text></svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

function makeUser(person) {
  const [givenName, familyName] = person.name.split(' ');
  return Object.freeze({
    id: person.id,
    sub: `auth0|${person.id}`,
    nickname: person.id,
    name: person.name,
    given_name: givenName,
    family_name: familyName,
    picture: avatar(person),
    email: `${person.id}@example.test`,
    email_verified: true,
    updated_at: person.updatedAt,
  });
}

export const kUsers = Object.freeze(kPeople.map(makeUser));
export const userById = (id) => kUsers.find((user) => user.id === id) ?? null;
export const userBySub = (sub) => kUsers.find((user) => user.sub === sub) ?? null;

const kProfileClaims = ['nickname', 'name', 'given_name', 'family_name', 'picture', 'updated_at'];
const kEmailClaims = ['email', 'email_verified'];

/** What the scopes of a token let a client see of `user` (null: nobody known under that subject). */
export function claimsForScope(user, scope) {
  const scopes = scope.split(' ');
  const names = [
    ...(scopes.includes('profile') ? kProfileClaims : []),
    ...(scopes.includes('email') ? kEmailClaims : []),
  ];
  return Object.fromEntries(names.filter((name) => user?.[name] !== undefined).map((name) => [name, user[name]]));
}
