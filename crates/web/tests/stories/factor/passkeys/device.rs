//! A device with passkeys, as far as the program sees one: it makes keys (ES256, attestation "none") and signs what it is asked, rightly or not.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The address of the program in these tests.
pub const ORIGIN: &str = "https://jianjia.test";

const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;

pub struct Device {
    id: Vec<u8>,
    key: SigningKey,
    /// What it counts; 0 for a device that counts nothing.
    pub counter: u32,
    /// Where its browser believes to be.
    pub origin: &'static str,
    /// Whether its owner was asked for finger or PIN.
    pub verifies: bool,
}

impl Device {
    pub fn new(seed: u8) -> Device {
        Device {
            id: vec![seed; 16],
            key: SigningKey::from_slice(&[seed; 32]).unwrap(),
            counter: 1,
            origin: ORIGIN,
            verifies: true,
        }
    }

    /// What a browser answers that was asked for a new passkey.
    pub fn make(&self, asked: &str) -> String {
        let asked = parsed(asked);
        let site = asked["rp"]["id"].as_str().unwrap().to_owned();
        let mut data = self.data(&site, ATTESTED);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        let point = self.key.verifying_key().to_sec1_point(false);
        // {1: 2, 3: -7, -1: 1, -2: x, -3: y}
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 32]);
        data.extend(point.x().unwrap().as_slice());
        data.extend([0x22, 0x58, 32]);
        data.extend(point.y().unwrap().as_slice());
        // {"fmt": "none", "attStmt": {}, "authData": data}
        let mut object = vec![0xa3];
        object.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x58");
        object.push(u8::try_from(data.len()).unwrap());
        object.extend(&data);
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "extensions": {},
            "response": {
                "attestationObject": text(&object),
                "clientDataJSON": text(&self.told("webauthn.create", &asked)),
                "transports": ["internal"],
            },
        })
        .to_string()
    }

    /// What a browser answers that was asked to have something signed; the device counts on.
    pub fn sign(&mut self, asked: &str) -> String {
        let asked = parsed(asked);
        let site = asked["rpId"].as_str().unwrap().to_owned();
        self.sign_for(&site, &asked)
    }

    /// The same for a site that somebody chose.
    pub fn sign_for(&mut self, site: &str, asked: &Value) -> String {
        if self.counter > 0 {
            self.counter += 1;
        }
        let data = self.data(site, 0);
        let told = self.told("webauthn.get", asked);
        let mut signed = data.clone();
        signed.extend(Sha256::digest(&told));
        let signature: Signature = self.key.sign(&signed);
        json!({
            "id": text(&self.id), "rawId": text(&self.id), "type": "public-key", "extensions": {},
            "response": {
                "authenticatorData": text(&data),
                "clientDataJSON": text(&told),
                "signature": text(signature.to_der().as_bytes()),
                "userHandle": null,
            },
        })
        .to_string()
    }

    fn data(&self, site: &str, flags: u8) -> Vec<u8> {
        let verified = if self.verifies { VERIFIED } else { 0 };
        let mut data = Sha256::digest(site).to_vec();
        data.push(PRESENT | verified | flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    fn told(&self, kind: &str, asked: &Value) -> Vec<u8> {
        json!({"type": kind, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": false})
            .to_string()
            .into_bytes()
    }
}

/// What the script of the page is given.
pub fn parsed(asked: &str) -> Value {
    let asked: Value = serde_json::from_str(asked).unwrap_or_else(|_| panic!("JSON: {asked}"));
    asked["publicKey"].clone()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
