//! A small identity provider that conforms: discovery, keys, codes that are good once and bound by PKCE, signed words, user information. What a test asks
//! for is twisted in what it says.

use std::{
    collections::BTreeMap,
    process::Command,
    sync::{Arc, Mutex, OnceLock},
};

use axum::{
    Form, Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit, Mac};
use openidconnect::{
    JsonWebKeyId, PrivateSigningKey,
    core::{CoreJsonCurveType, CoreJsonWebKey, CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey},
};
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use tokio::{net::TcpListener, task::JoinHandle};

pub const CLIENT: &str = "jianjia";
pub const SECRET: &str = "a secret of the tests' provider";

/// How a word of the provider is forged, or otherwise not as it should be.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Twist {
    #[default]
    None,
    /// A claim of the signed word is another; null takes it away.
    Claim(&'static str, Value),
    /// No signature.
    AlgNone,
    /// Signed as if the public key were a shared secret.
    HmacOfPublicKey,
    /// Signed with the client's own secret.
    HmacOfSecret,
    /// Signed by a stranger who says that it is the provider's key.
    StrangersKey,
    /// A letter of the signed word is another.
    Changed,
    /// User information is about somebody else.
    OtherUser,
}

/// Somebody whom the provider knows.
#[derive(Clone, Debug)]
pub struct Person {
    pub subject: &'static str,
    /// In the signed word.
    pub says: Value,
    /// On the page of user information alone.
    pub tells: Value,
}

pub fn person(subject: &'static str, says: Value) -> Person {
    Person {
        subject,
        says,
        tells: json!({}),
    }
}

#[derive(Clone)]
struct Issued {
    nonce: String,
    challenge: String,
    back: String,
    person: Person,
}

#[derive(Default)]
struct Told {
    codes: BTreeMap<String, Issued>,
    access: BTreeMap<String, Person>,
    twist: Twist,
    /// By which it signs: 0 and 1 are RSA, 2 is P-256.
    key: usize,
    now: i64,
    /// How often its keys were read.
    keys_read: usize,
    count: usize,
}

pub struct TestProvider {
    pub issuer: String,
    told: Arc<Mutex<Told>>,
    serving: JoinHandle<()>,
}

impl Drop for TestProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Keys of this run: made by the system's openssl, which takes a moment.
fn rsa(number: usize) -> &'static (CoreRsaPrivateSigningKey, CoreJsonWebKey) {
    static KEYS: [OnceLock<(CoreRsaPrivateSigningKey, CoreJsonWebKey)>; 3] =
        [const { OnceLock::new() }; 3];
    KEYS[number].get_or_init(|| {
        let made = Command::new("openssl")
            .args(["genrsa", "-traditional", "2048"])
            .output()
            .expect("openssl: bin/setup installs it");
        let pem = String::from_utf8(made.stdout).unwrap();
        // The stranger's key has the name of the provider's.
        let name = JsonWebKeyId::new(format!("key-{}", number % 2));
        let key = CoreRsaPrivateSigningKey::from_pem(&pem, Some(name)).unwrap();
        let public = key.as_verification_key();
        (key, public)
    })
}

const STRANGER: usize = 2;

fn p256() -> (SigningKey, CoreJsonWebKey) {
    let key = SigningKey::from_slice(&[7; 32]).unwrap();
    let point = key.verifying_key().to_sec1_point(false);
    let name = Some(JsonWebKeyId::new("key-2".to_owned()));
    let (x, y) = (point.x().unwrap().to_vec(), point.y().unwrap().to_vec());
    let public = CoreJsonWebKey::new_ec(x, y, CoreJsonCurveType::P256, name);
    (key, public)
}

fn public(number: usize) -> CoreJsonWebKey {
    if number == 2 {
        p256().1
    } else {
        rsa(number).1.clone()
    }
}

type Shared = (String, Arc<Mutex<Told>>);

impl TestProvider {
    /// A provider whose clock stands at `now`.
    pub async fn start(now: jiff::Timestamp) -> TestProvider {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let told = Arc::new(Mutex::new(Told {
            now: now.as_second(),
            ..Told::default()
        }));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/me", get(me))
            .with_state((issuer.clone(), told.clone()));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        TestProvider {
            issuer,
            told,
            serving,
        }
    }

    pub fn twist(&self, twist: Twist) {
        self.told.lock().unwrap().twist = twist;
    }

    pub fn signs_by(&self, key: usize) {
        self.told.lock().unwrap().key = key;
    }

    pub fn keys_read(&self) -> usize {
        self.told.lock().unwrap().keys_read
    }

    /// Somebody signs in at the page to which the program sent them: the address to which the provider sends them back.
    pub fn authorize(&self, at: &str, person: &Person) -> String {
        let (address, query) = at.split_once('?').expect("a query");
        assert_eq!(address, format!("{}/authorize", self.issuer));
        let asked = read(query);
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["client_id"], CLIENT);
        assert_eq!(asked["code_challenge_method"], "S256");
        assert!(asked["scope"].split(' ').any(|scope| scope == "openid"));
        assert_eq!(
            asked["redirect_uri"],
            "http://localhost/sign-in/provider/return"
        );
        let mut told = self.told.lock().unwrap();
        told.count += 1;
        let code = format!("code-{}", told.count);
        let issued = Issued {
            nonce: asked["nonce"].clone(),
            challenge: asked["code_challenge"].clone(),
            back: asked["redirect_uri"].clone(),
            person: person.clone(),
        };
        told.codes.insert(code.clone(), issued);
        format!(
            "/sign-in/provider/return?code={code}&state={}",
            asked["state"]
        )
    }
}

pub fn read(query: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

async fn discovery(State((issuer, _)): State<Shared>) -> Json<Value> {
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "userinfo_endpoint": format!("{issuer}/me"),
        "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
    }))
}

async fn keys(State((_, told)): State<Shared>) -> Json<Value> {
    let mut told = told.lock().unwrap();
    told.keys_read += 1;
    Json(json!({ "keys": [public(told.key)] }))
}

async fn token(
    State((issuer, told)): State<Shared>,
    headers: HeaderMap,
    Form(asked): Form<BTreeMap<String, String>>,
) -> Response {
    let mut told = told.lock().unwrap();
    let known = format!("Basic {}", STANDARD.encode(basic()));
    let given = headers.get(header::AUTHORIZATION);
    if given.is_none_or(|given| given.to_str().unwrap() != known) {
        return refused("invalid_client");
    }
    let Some(issued) = told.codes.remove(&asked["code"]) else {
        return refused("invalid_grant");
    };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(asked["code_verifier"].as_bytes()));
    if challenge != issued.challenge || asked["redirect_uri"] != issued.back {
        return refused("invalid_grant");
    }
    told.count += 1;
    let access = format!("access-{}", told.count);
    told.access.insert(access.clone(), issued.person.clone());
    let word = word(&told, &issuer, &issued);
    Json(json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": 600,
        "id_token": word,
    }))
    .into_response()
}

fn basic() -> String {
    // Both are encoded as forms are before they are put together (RFC 6749, 2.3.1).
    let encoded: String = form_urlencoded::byte_serialize(SECRET.as_bytes()).collect();
    format!("{CLIENT}:{encoded}")
}

fn refused(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

async fn me(State((_, told)): State<Shared>, headers: HeaderMap) -> Response {
    let told = told.lock().unwrap();
    let given = headers[header::AUTHORIZATION].to_str().unwrap();
    let Some(person) = told.access.get(given.trim_start_matches("Bearer ")) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let mut says = person.tells.as_object().unwrap().clone();
    let subject = if told.twist == Twist::OtherUser {
        "somebody else"
    } else {
        person.subject
    };
    says.insert("sub".to_owned(), subject.into());
    Json(says).into_response()
}

/// The signed word, or what is made of it.
fn word(told: &Told, issuer: &str, issued: &Issued) -> String {
    let mut says = Map::new();
    says.insert("iss".to_owned(), issuer.into());
    says.insert("sub".to_owned(), issued.person.subject.into());
    says.insert("aud".to_owned(), CLIENT.into());
    says.insert("iat".to_owned(), told.now.into());
    says.insert("exp".to_owned(), (told.now + 300).into());
    says.insert("nonce".to_owned(), issued.nonce.clone().into());
    says.extend(issued.person.says.as_object().unwrap().clone());
    if let Twist::Claim(name, value) = &told.twist {
        if value.is_null() {
            says.remove(*name);
        } else {
            says.insert((*name).to_owned(), value.clone());
        }
    }
    let says = Value::Object(says);
    let name = format!("key-{}", told.key);
    match told.twist {
        Twist::AlgNone => format!("{}.", written(&json!({"alg": "none"}), &says)),
        Twist::HmacOfPublicKey => {
            let public = serde_json::to_value(public(told.key)).unwrap();
            let modulus = URL_SAFE_NO_PAD.decode(public["n"].as_str().unwrap());
            hmac(&name, &says, &modulus.unwrap())
        }
        Twist::HmacOfSecret => hmac(&name, &says, SECRET.as_bytes()),
        Twist::StrangersKey => by_rsa(STRANGER, &name, &says),
        Twist::Changed => {
            let word = by_rsa(told.key, &name, &says);
            let parts: Vec<&str> = word.split('.').collect();
            let mut other = says;
            other["preferred_username"] = "li".into();
            let payload = URL_SAFE_NO_PAD.encode(other.to_string());
            [parts[0], &payload, parts[2]].join(".")
        }
        _ if told.key == 2 => {
            let message = written(&json!({"alg": "ES256", "kid": name}), &says);
            let signature: Signature = p256().0.sign(message.as_bytes());
            format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
        }
        _ => by_rsa(told.key, &name, &says),
    }
}

fn written(head: &Value, says: &Value) -> String {
    let encoded = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    format!("{}.{}", encoded(head), encoded(says))
}

fn by_rsa(number: usize, name: &str, says: &Value) -> String {
    let message = written(&json!({"alg": "RS256", "kid": name}), says);
    let signed = rsa(number).0.sign(
        &CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
        message.as_bytes(),
    );
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signed.unwrap()))
}

fn hmac(name: &str, says: &Value, secret: &[u8]) -> String {
    let message = written(&json!({"alg": "HS256", "kid": name}), says);
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(secret).unwrap();
    mac.update(message.as_bytes());
    let signature = mac.finalize().into_bytes();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}
