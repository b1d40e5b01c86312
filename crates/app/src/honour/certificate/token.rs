//! Tokens: compact JWS (RFC 7515) signed with Ed25519 (RFC 8037), of certificates and of the status list, and the public keys as a JWKS (RFC 7517).
//! Pure: no database, no clock.
//!
//! A token is believed by one way alone. Its header says `EdDSA` and the name of a key, and nothing else that this program does not write itself; the key
//! is looked up among the city's own, never taken from the token; the signature is over the bytes as they came. So there is no algorithm to be
//! confused with, no key to be brought along, and no second way of writing the same token: base64url is read strictly, signatures too.
//!
//! *Why by hand:* the three parts are all that is needed of JOSE. `jsonwebtoken` 10 would bring RSA, the NIST curves and an older Ed25519 along, each of
//! them a way that must be switched off; `josekit` needs OpenSSL. Signing and verifying are `ed25519-dalek`'s.

use std::{
    collections::BTreeMap,
    io::{Read, Write},
};

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64URL};
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use jianjia_domain::honour::certificate::Status;
use jiff::civil::Date;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

/// The most bytes of a certificate's token; a code of the largest kind that a telephone reads well holds fewer.
pub const LONGEST: usize = 2_000;

/// The most bytes of a status list's token: of some ten million certificates.
pub const LONGEST_LIST: usize = 4_000_000;

/// The type of a status list.
pub const LIST_TYPE: &str = "statuslist+jwt";

/// What a certificate says. The names are short, since all of it stands in a code that is printed small.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The title's number, which no other has.
    #[serde(rename = "n")]
    pub number: String,
    /// The unit that holds it, by its name on the day of the naming; of a person's title the union.
    #[serde(rename = "h")]
    pub holder: String,
    /// The person who holds it; absent for a unit's title.
    #[serde(rename = "p", default, skip_serializing_if = "String::is_empty")]
    pub person: String,
    /// The title's key in the standard.
    #[serde(rename = "k")]
    pub title: String,
    /// The title's name.
    #[serde(rename = "t")]
    pub title_name: String,
    /// The round's year.
    #[serde(rename = "y")]
    pub year: i16,
    /// The federation that gave it, by its name on that day.
    #[serde(rename = "o")]
    pub office: String,
    /// The day of the naming.
    #[serde(rename = "d")]
    pub named_on: Date,
    /// Its entry in the status list.
    #[serde(rename = "i")]
    pub index: u32,
}

/// What the status list's token says (draft-ietf-oauth-status-list).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListClaims {
    /// The list's address.
    pub sub: String,
    /// Seconds since 1970: made, and good until.
    pub iat: i64,
    pub exp: i64,
    /// For how many seconds it may be kept before it is fetched again.
    pub ttl: i64,
    pub status_list: StatusList,
}

/// The list itself: two bits an entry, the first in the lowest bits of a byte, compressed with zlib.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusList {
    pub bits: u8,
    /// In base64url.
    pub lst: String,
}

const BITS: u8 = 2;

impl StatusList {
    /// The list of these statuses, by entry; entries that nobody has are valid.
    ///
    /// # Errors
    /// If it can't be compressed.
    pub fn of(statuses: &[(i64, Status)]) -> Result<StatusList> {
        let mut bytes = vec![0_u8];
        for (index, status) in statuses {
            let index = usize::try_from(*index).context("an entry of the status list")?;
            if bytes.len() <= index / 4 {
                bytes.resize(index / 4 + 1, 0);
            }
            bytes[index / 4] |= status.bits() << (index % 4 * 2);
        }
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&bytes)?;
        Ok(StatusList {
            bits: BITS,
            lst: BASE64URL.encode(encoder.finish()?),
        })
    }

    /// The statuses, four a byte.
    ///
    /// # Errors
    /// If it is not written as ours are, or grows beyond all measure.
    pub fn unpacked(&self) -> Result<Unpacked> {
        ensure!(self.bits == BITS, "the list has not two bits an entry");
        let packed = BASE64URL
            .decode(&self.lst)
            .context("the list is not base64url")?;
        let mut bytes = Vec::new();
        let most = LONGEST_LIST as u64;
        let read = ZlibDecoder::new(packed.as_slice())
            .take(most + 1)
            .read_to_end(&mut bytes);
        ensure!(
            read.context("the list is not compressed with zlib")? as u64 <= most,
            "the list is too long"
        );
        Ok(Unpacked(bytes))
    }
}

/// A status list that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unpacked(Vec<u8>);

impl Unpacked {
    /// The status of an entry; none where the list is shorter.
    pub fn status(&self, index: u32) -> Option<Status> {
        let byte = self.0.get(index as usize / 4)?;
        Some(Status::of_bits(byte >> (index % 4 * 2)))
    }
}

/// Why a token is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no token of the kind: a wrong form, another algorithm, another type.
    NoToken,
    /// The key that it names is none of this city's.
    Foreign,
    /// The signature is not that of the key over these bytes.
    Altered,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    typ: Option<String>,
}

const ALGORITHM: &str = "EdDSA";

/// A private key at work.
pub struct Signer {
    pub id: String,
    key: SigningKey,
}

impl Signer {
    /// `secret`: 32 random bytes.
    pub fn new(secret: &[u8; 32]) -> Signer {
        let key = SigningKey::from_bytes(secret);
        Signer {
            id: thumbprint(&key.verifying_key()),
            key,
        }
    }

    /// The public part, in base64url.
    pub fn public_key(&self) -> String {
        BASE64URL.encode(self.key.verifying_key().as_bytes())
    }

    /// The token of a certificate: the same for the same claims and key.
    ///
    /// # Errors
    /// If the claims can't be written as JSON.
    pub fn certificate(&self, claims: &Claims) -> Result<String> {
        self.token(None, claims)
    }

    /// The token of the status list.
    ///
    /// # Errors
    /// As `certificate`.
    pub fn list(&self, claims: &ListClaims) -> Result<String> {
        self.token(Some(LIST_TYPE.to_owned()), claims)
    }

    fn token(&self, typ: Option<String>, claims: &impl Serialize) -> Result<String> {
        let header = Header {
            alg: ALGORITHM.to_owned(),
            kid: self.id.clone(),
            typ,
        };
        let part = |bytes: Vec<u8>| BASE64URL.encode(bytes);
        let signed = format!(
            "{}.{}",
            part(serde_json::to_vec(&header)?),
            part(serde_json::to_vec(claims)?)
        );
        let signature = self.key.sign(signed.as_bytes());
        Ok(format!("{signed}.{}", part(signature.to_bytes().to_vec())))
    }
}

/// A city's public keys by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys(BTreeMap<String, VerifyingKey>);

#[derive(Serialize, Deserialize)]
struct Jwks {
    keys: Vec<Jwk>,
}

#[derive(Serialize, Deserialize)]
struct Jwk {
    kty: String,
    #[serde(default)]
    crv: String,
    #[serde(default)]
    x: String,
    #[serde(default)]
    kid: String,
    #[serde(default)]
    alg: String,
    #[serde(default, rename = "use")]
    usage: String,
}

impl Keys {
    /// The keys of these public parts, in base64url.
    ///
    /// # Errors
    /// If one is none.
    pub fn of<'a>(public: impl IntoIterator<Item = &'a str>) -> Result<Keys> {
        let mut keys = BTreeMap::new();
        for public in public {
            let key = key_of(public)?;
            keys.insert(thumbprint(&key), key);
        }
        Ok(Keys(keys))
    }

    /// Reads a JWKS; keys of other kinds are left out.
    ///
    /// # Errors
    /// If it is none, has a key that is damaged or named otherwise than by its thumbprint, or none of ours at all.
    pub fn read(text: &str) -> Result<Keys> {
        let jwks: Jwks = serde_json::from_str(text).context("it is not a set of keys (JWKS)")?;
        let mut keys = BTreeMap::new();
        for jwk in jwks.keys {
            if jwk.kty != "OKP" || jwk.crv != "Ed25519" {
                continue;
            }
            let key = key_of(&jwk.x)?;
            ensure!(
                jwk.kid == thumbprint(&key),
                "the key {} is not what its name says",
                jwk.kid
            );
            keys.insert(jwk.kid, key);
        }
        ensure!(!keys.is_empty(), "it has no key that signs certificates");
        Ok(Keys(keys))
    }

    /// As a JWKS.
    pub fn jwks(&self) -> String {
        let keys = self.0.iter().map(|(id, key)| Jwk {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            x: BASE64URL.encode(key.as_bytes()),
            kid: id.clone(),
            alg: ALGORITHM.to_owned(),
            usage: "sig".to_owned(),
        });
        let jwks = Jwks {
            keys: keys.collect(),
        };
        serde_json::json!(jwks).to_string()
    }

    pub fn has(&self, id: &str) -> bool {
        self.0.contains_key(id)
    }
}

/// The name of the key that a certificate's token says it was signed with; nothing is believed yet.
///
/// # Errors
/// `NoToken`.
pub fn key_named(token: &str) -> Result<String, Fault> {
    let (header, ..) = parts(token, LONGEST)?;
    Ok(header_of(header, None)?.kid)
}

/// Verifies a certificate: which key signed it, and what it says.
///
/// # Errors
/// `NoToken`, `Foreign`, `Altered`.
pub fn certificate(keys: &Keys, token: &str) -> Result<(String, Claims), Fault> {
    verified(keys, None, token, LONGEST)
}

/// Verifies a status list.
///
/// # Errors
/// `NoToken`, `Foreign`, `Altered`.
pub fn list(keys: &Keys, token: &str) -> Result<(String, ListClaims), Fault> {
    verified(keys, Some(LIST_TYPE), token, LONGEST_LIST)
}

fn verified<T: DeserializeOwned>(
    keys: &Keys,
    typ: Option<&str>,
    token: &str,
    longest: usize,
) -> Result<(String, T), Fault> {
    let (header, claims, signature) = parts(token, longest)?;
    let header = header_of(header, typ)?;
    let key = keys.0.get(&header.kid).ok_or(Fault::Foreign)?;
    let signed = &token[..token.len() - signature.len() - 1];
    let signature = BASE64URL.decode(signature).map_err(|_| Fault::Altered)?;
    let signature = Signature::from_slice(&signature).map_err(|_| Fault::Altered)?;
    key.verify_strict(signed.as_bytes(), &signature)
        .map_err(|_| Fault::Altered)?;
    let claims = BASE64URL.decode(claims).map_err(|_| Fault::NoToken)?;
    let claims = serde_json::from_slice(&claims).map_err(|_| Fault::NoToken)?;
    Ok((header.kid, claims))
}

fn parts(token: &str, longest: usize) -> Result<(&str, &str, &str), Fault> {
    if token.len() > longest {
        return Err(Fault::NoToken);
    }
    let mut parts = token.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(header), Some(claims), Some(signature), None) => Ok((header, claims, signature)),
        _ => Err(Fault::NoToken),
    }
}

fn header_of(header: &str, typ: Option<&str>) -> Result<Header, Fault> {
    let header = BASE64URL.decode(header).map_err(|_| Fault::NoToken)?;
    let header: Header = serde_json::from_slice(&header).map_err(|_| Fault::NoToken)?;
    if header.alg == ALGORITHM && header.typ.as_deref() == typ {
        Ok(header)
    } else {
        Err(Fault::NoToken)
    }
}

fn key_of(public: &str) -> Result<VerifyingKey> {
    let bytes = BASE64URL
        .decode(public)
        .ok()
        .and_then(|bytes| <[u8; 32]>::try_from(bytes).ok())
        .with_context(|| format!("{public} is no public key"))?;
    VerifyingKey::from_bytes(&bytes).with_context(|| format!("{public} is no public key"))
}

/// Characters of a key's name: 48 bits, which two keys of a city never share by chance.
const NAME: usize = 8;

/// A key's name: the beginning of its thumbprint (RFC 7638), so that a city's key has no name of another's.
fn thumbprint(key: &VerifyingKey) -> String {
    let x = BASE64URL.encode(key.as_bytes());
    let canonical = format!("{{\"crv\":\"Ed25519\",\"kty\":\"OKP\",\"x\":\"{x}\"}}");
    let mut name = BASE64URL.encode(Sha256::digest(canonical.as_bytes()));
    name.truncate(NAME);
    name
}

#[cfg(test)]
mod tests;
