// The certificate authority and the localhost certificate, made on this machine at first start.
//
// The authority's private key is thrown away as soon as it has signed the one server certificate, so a person who
// trusts ca.pem trusts nothing that anybody could still sign. The price: renewal makes a new authority.

import { generateKeyPairSync, randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import forge from 'node-forge';
import { writePrivateFile, writePublicFile } from './files.mjs';

const kValidYears = 5;
const kRenewBeforeMs = 30 * 24 * 3600 * 1000;

/** {caFile, key, cert} of a valid localhost certificate in `dir`; makes it when missing, unreadable or about to expire. */
export function openCertificates(dir) {
  const caFile = join(dir, 'ca.pem');
  const certFile = join(dir, 'localhost.pem');
  const keyFile = join(dir, 'localhost-key.pem');
  if (!isUsable(caFile, certFile, keyFile)) {
    const made = makeCertificates();
    writePrivateFile(keyFile, made.key);
    writePublicFile(certFile, made.cert);
    writePublicFile(caFile, made.ca);
  }
  return { caFile, key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8') };
}

function isUsable(caFile, certFile, keyFile) {
  if (![caFile, certFile, keyFile].every((file) => existsSync(file))) return false;
  try {
    const ca = new X509Certificate(readFileSync(caFile));
    const cert = new X509Certificate(readFileSync(certFile));
    return cert.verify(ca.publicKey) && new Date(cert.validTo).getTime() - Date.now() > kRenewBeforeMs;
  } catch {
    return false;
  }
}

function makeCertificates() {
  const authority = makeKeyPair();
  const server = makeKeyPair();
  const caName = [{ name: 'commonName', value: `Redd development CA ${randomBytes(4).toString('hex')}` }];
  const caKeyId = keyIdentifier(authority.publicKey);

  const ca = makeCertificate(authority.publicKey, caName, caName, [
    { name: 'basicConstraints', cA: true, pathLenConstraint: 0, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  ca.sign(authority.privateKey, forge.md.sha256.create());

  const cert = makeCertificate(server.publicKey, [{ name: 'commonName', value: 'localhost' }], caName, [
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: caKeyId },
    {
      name: 'subjectAltName',
      altNames: [
        { type: 2, value: 'localhost' },
        { type: 2, value: '*.localhost' },
        { type: 7, ip: '127.0.0.1' },
        { type: 7, ip: '::1' },
      ],
    },
  ]);
  cert.sign(authority.privateKey, forge.md.sha256.create());

  return { ca: toPem(ca), cert: toPem(cert), key: server.privatePem };
}

function makeKeyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  return {
    privatePem: privateKey,
    privateKey: forge.pki.privateKeyFromPem(privateKey),
    publicKey: forge.pki.publicKeyFromPem(publicKey),
  };
}

function makeCertificate(publicKey, subject, issuer, extensions) {
  const cert = forge.pki.createCertificate();
  cert.publicKey = publicKey;
  cert.serialNumber = `01${randomBytes(15).toString('hex')}`;
  cert.validity.notBefore = new Date(Date.now() - 24 * 3600 * 1000);
  cert.validity.notAfter = new Date(cert.validity.notBefore);
  cert.validity.notAfter.setUTCFullYear(cert.validity.notBefore.getUTCFullYear() + kValidYears);
  cert.setSubject(subject);
  cert.setIssuer(issuer);
  cert.setExtensions(extensions);
  return cert;
}

function keyIdentifier(publicKey) {
  return forge.pki.getPublicKeyFingerprint(publicKey, { type: 'RSAPublicKey' }).getBytes();
}

function toPem(cert) {
  return forge.pki.certificateToPem(cert).replace(/\r\n/g, '\n');
}
