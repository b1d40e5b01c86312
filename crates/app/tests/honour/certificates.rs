//! Stories of certificates: who is believed, what became of a title, and who looks after the keys.

use std::{
    fs,
    io::{Read, Write},
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, atomic::Ordering},
};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use jianjia_app::{
    core::{app::App, clock::Clock, memory::Memory, post::Post, secret::SlipKey},
    exchange::verification,
    honour::certificate::{
        PAGE, key as keys,
        list::list,
        look::{Looked, Standing, look},
        paper::{Data, of_honour},
        token::{self, Fault, Keys, Signer},
    },
    register::unit::change::{self, Happening},
};
use jianjia_demo::testing::{self, TestCity};
use jianjia_domain::{
    core::{
        place::{UnitKind, UnitPlace},
        policy::{Actor, Role},
        proof::Proof,
    },
    honour::{
        certificate::Status,
        honour::{Honour, HonourAct, HonourSource},
    },
    register::unit::change::ChangeForm,
};
use jianjia_store::exchange::backup;
use jiff::civil::date;
use serde_json::json;

use crate::{Cast, because, cast, held, told};

const ADDRESS: &str = "https://jia.example";

/// A city on each engine that is reached at an address.
async fn cities() -> Vec<TestCity> {
    let mut cities = testing::both(date(2017, 3, 1)).await;
    for city in &mut cities {
        city.app.post = Arc::new(Post {
            address: ADDRESS.to_owned(),
            ..Post::default()
        });
    }
    cities
}

fn top(cast: &Cast) -> UnitPlace {
    cast.of_city.roles[0].unit.clone()
}

async fn administrator(city: &TestCity, cast: &Cast) -> Actor {
    city.actor("管", &[(Role::Administrator, &top(cast))]).await
}

/// A title that the city gave to the union.
async fn named(city: &TestCity, cast: &Cast, fill: impl FnOnce(&mut Honour)) -> Honour {
    let by = top(cast).id;
    held(city, &cast.union, |honour| {
        honour.title = "trusted-home".to_owned();
        honour.named_by = Some(by);
        fill(honour);
    })
    .await
}

async fn paper(city: &TestCity, actor: &Actor, honour: &Honour) -> Data {
    let made = of_honour(&city.app, actor, &honour.id).await;
    made.unwrap()
}

fn token_of(data: &Data) -> String {
    let start = format!("{ADDRESS}{PAGE}");
    data.link.strip_prefix(&start).unwrap().to_owned()
}

/// What the public page says of one of ours.
async fn standing(app: &App, token: &str) -> Standing {
    match look(app, token).await.unwrap() {
        Looked::Ours(ours) => ours.standing.unwrap(),
        Looked::Not(fault) => panic!("{fault:?}"),
    }
}

/// What the list says of a certificate, verified by the public keys alone.
async fn listed(app: &App, token: &str) -> Option<Status> {
    let keys = Keys::read(&keys::jwks(app).await.unwrap()).unwrap();
    let (_, claims) = token::certificate(&keys, token).unwrap();
    let (_, list) = token::list(&keys, &list(app).await.unwrap()).unwrap();
    assert_eq!(list.exp - list.iat, 24 * 3600);
    list.status_list.unpacked().unwrap().status(claims.index)
}

fn pass(app: &App, seconds: i64) {
    let Clock::Set(clock) = &app.clock else {
        panic!("the clock of tests is set");
    };
    clock.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
}

#[tokio::test]
async fn a_title_taken_shows_at_once_on_the_page_and_within_a_minute_in_the_list() {
    for city in cities().await {
        let (app, cast) = (&city.app, cast(&city).await);
        let administrator = administrator(&city, &cast).await;
        keys::make(app, &administrator, "").await.unwrap();
        let other = named(&city, &cast, |honour| {
            honour.title = "model-home".to_owned()
        })
        .await;
        let honour = named(&city, &cast, |_| {}).await;
        let data = paper(&city, &cast.chair, &honour).await;
        let shown = (
            data.holder.as_str(),
            data.title.as_str(),
            data.office.as_str(),
            data.named_on,
        );
        let expect = ("甲厂工会", "信赖职工之家", "市总工会", date(2016, 11, 20));
        assert_eq!(shown, expect);
        assert_eq!(data.number, honour.number);
        // Printed again, it is the same certificate.
        assert_eq!(paper(&city, &cast.of_city, &honour).await, data);
        let token = token_of(&data);
        assert_eq!(standing(app, &token).await.status, Status::Valid);
        assert_eq!(listed(app, &token).await, Some(Status::Valid));
        use HonourAct::{Resumed, Revoked, Suspended};
        for (act, revision, status, reason) in [
            (Suspended, 1, Status::Suspended, Some("核查")),
            (Resumed, 2, Status::Valid, None),
            (Revoked, 3, Status::Invalid, Some("核查")),
        ] {
            let input = because("核查", revision);
            crate::change(app, &cast.of_city, &honour.id, act, &input)
                .await
                .unwrap();
            let now = standing(app, &token).await;
            let told = now.because.as_ref();
            assert_eq!(told.map(|event| event.reason.as_str()), reason);
            assert_eq!(told.map_or("", |event| event.account_name.as_str()), "");
            assert_eq!((now.status, now.honour), (status, honour.id));
            pass(app, 30);
            assert_eq!(listed(app, &token).await, Some(status));
        }
        let token = token_of(&paper(&city, &cast.chair, &other).await);
        assert_eq!(listed(app, &token).await, Some(Status::Valid));
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
    }
}

#[tokio::test]
async fn a_merged_unit_names_its_successor_and_a_renamed_one_its_new_name() {
    for city in cities().await {
        let (app, cast) = (&city.app, cast(&city).await);
        let administrator = administrator(&city, &cast).await;
        keys::make(app, &administrator, "").await.unwrap();
        let township = cast.of_township.roles[0].unit.clone();
        for name in ["乙厂工会", "丙厂工会"] {
            city.unit(Some(&township), UnitKind::Grassroots, name).await;
        }
        let honour = named(&city, &cast, |_| {}).await;
        let token = token_of(&paper(&city, &cast.chair, &honour).await);
        let happen = async |happening, unit: &UnitPlace, target: &str, on: &str| {
            let form = ChangeForm {
                on: on.to_owned(),
                note: "常工发〔2017〕8号".to_owned(),
                target: target.to_owned(),
            };
            let preview = change::preview(app, &cast.of_city, &unit.id, happening, &form).await;
            let revision = preview.unwrap().unit.revision;
            change::perform(app, &cast.of_city, &unit.id, happening, &form, revision)
                .await
                .unwrap();
        };
        happen(Happening::Rename, &cast.union, "甲集团工会", "2017-01-10").await;
        let now = standing(app, &token).await;
        assert_eq!(now.status, Status::Valid);
        assert_eq!(now.now_called.as_deref(), Some("甲集团工会"));
        // The certificate says who it was given to, also when it is printed again.
        let again = paper(&city, &cast.of_city, &honour).await;
        assert_eq!(token_of(&again), token);

        happen(Happening::Merge, &cast.union, "乙厂工会", "2017-01-20").await;
        let now = standing(app, &token).await;
        assert_eq!(now.status, Status::Ended);
        assert_eq!(now.ended_on, Some(date(2017, 1, 20)));
        let successor = now.successor.unwrap();
        assert_eq!(successor.name, "乙厂工会");
        assert_eq!(listed(app, &token).await, Some(Status::Ended));
        happen(Happening::Merge, &successor, "丙厂工会", "2017-02-01").await;
        let now = standing(app, &token).await;
        assert_eq!(now.successor.unwrap().name, "丙厂工会");
        // What the city takes is taken, whoever holds it.
        let input = because("弄虚作假", 1);
        crate::change(app, &cast.of_city, &honour.id, HonourAct::Revoked, &input)
            .await
            .unwrap();
        assert_eq!(standing(app, &token).await.status, Status::Invalid);
    }
}

#[tokio::test]
async fn an_old_key_verifies_what_it_signed_until_it_is_declared_compromised() {
    for city in cities().await {
        let (app, cast) = (&city.app, cast(&city).await);
        let administrator = administrator(&city, &cast).await;
        let honour = named(&city, &cast, |_| {}).await;
        let none = of_honour(app, &cast.chair, &honour.id).await;
        assert_eq!(told(none), "certificate/no-key");
        let first = keys::make(app, &administrator, "").await.unwrap();
        // A double click.
        assert_eq!(told(keys::make(app, &administrator, "").await), "stale");
        let before = token_of(&paper(&city, &cast.chair, &honour).await);
        let second = keys::make(app, &administrator, &first.id).await.unwrap();
        let after = token_of(&paper(&city, &cast.chair, &honour).await);
        assert_ne!(before, after);
        for token in [&before, &after] {
            assert_eq!(standing(app, token).await.status, Status::Valid);
            assert_eq!(listed(app, token).await, Some(Status::Valid));
        }
        let distrust = async |id: &str, reason: &str| {
            told(keys::distrust(app, &administrator, id, reason).await)
        };
        assert_eq!(distrust("nobody", "丢了").await, "not found");
        assert_eq!(distrust(&first.id, " ").await, "fields");
        assert_eq!(distrust(&first.id, "旧服务器被盗").await, "done");
        assert_eq!(distrust(&first.id, "又").await, "certificate/declared");
        let Looked::Ours(ours) = look(app, &before).await.unwrap() else {
            panic!("it is still known as one of ours");
        };
        assert!(!ours.key.is_trusted());
        let public = Keys::read(&keys::jwks(app).await.unwrap()).unwrap();
        assert_eq!(token::certificate(&public, &before), Err(Fault::Foreign));
        assert!(token::certificate(&public, &after).is_ok());
        // The one in use: another takes its place.
        assert_eq!(distrust(&second.id, "也被盗").await, "done");
        let all = keys::overview(app, &administrator).await.unwrap();
        let signing: Vec<_> = all.iter().filter(|key| key.signs()).collect();
        assert_eq!((all.len(), signing.len()), (3, 1));
        assert!(signing[0].is_trusted() && signing[0].id != second.id);
        let anew = token_of(&paper(&city, &cast.chair, &honour).await);
        assert_eq!(standing(app, &anew).await.status, Status::Valid);
        pass(app, 30);
        assert_eq!(listed(app, &anew).await, Some(Status::Valid));
        assert_eq!(verification::verify(app).await.unwrap().faults, [""; 0]);
    }
}

#[tokio::test]
async fn keys_are_the_city_s_administrators_with_the_second_factor() {
    for city in cities().await {
        let (app, cast) = (&city.app, cast(&city).await);
        let administrator = administrator(&city, &cast).await;
        let district = cast.of_district.roles[0].unit.clone();
        let of_district = city
            .actor("区管", &[(Role::Administrator, &district)])
            .await;
        let unproved = Actor {
            proof: Proof::Factor { given_at: None },
            ..administrator.clone()
        };
        let program = Actor {
            proof: Proof::Token,
            ..administrator.clone()
        };
        for (actor, expect) in [
            (&cast.of_city, "not-your-role"),
            (&of_district, "not found"),
            (&cast.chair, "not found"),
            (&unproved, "proof-asked"),
            (&program, "by-token"),
        ] {
            assert_eq!(told(keys::make(app, actor, "").await), expect);
            let told = told(keys::distrust(app, actor, "x", "丢了").await);
            assert_eq!(told, expect);
        }
        assert_eq!(
            told(keys::overview(app, &cast.of_city).await),
            "not-your-role"
        );
        assert_eq!(told(keys::overview(app, &of_district).await), "not found");
        assert_eq!(keys::overview(app, &administrator).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_certificate_is_for_those_who_see_the_holder_and_of_titles_named_here() {
    for city in cities().await {
        let (app, cast) = (&city.app, cast(&city).await);
        let administrator = administrator(&city, &cast).await;
        keys::make(app, &administrator, "").await.unwrap();
        let person = named(&city, &cast, |honour| {
            honour.title = "trusted-kin".to_owned();
            honour.person = Some(jianjia_domain::core::ids::PersonId(honour.id.0));
            honour.person_name = "张三丰".to_owned();
        })
        .await;
        let data = paper(&city, &cast.chair, &person).await;
        assert_eq!(data.holder, "张三丰（甲厂工会）");
        let foreign = of_honour(app, &cast.of_other_district, &person.id).await;
        assert_eq!(told(foreign), "not found");
        // Everybody sees the page that it leads to, and there no whole name.
        let Looked::Ours(ours) = look(app, &token_of(&data)).await.unwrap() else {
            panic!("it is one of ours");
        };
        assert_eq!(ours.claims.person, "张**");
        let imported = named(&city, &cast, |honour| {
            honour.title = "model-home".to_owned();
            honour.source = HonourSource::Imported;
        })
        .await;
        let none = of_honour(app, &cast.chair, &imported.id).await;
        assert_eq!(told(none), "certificate/not-certified");
        // Without an address the code would lead nowhere.
        let nowhere = App {
            post: Arc::default(),
            ..app.clone()
        };
        let none = of_honour(&nowhere, &cast.chair, &person.id).await;
        assert_eq!(told(none), "certificate/no-address");
        let view = |actor: &Actor| {
            let actor = actor.clone();
            async move { crate::view(app, Some(&actor), &person.id).await.unwrap() }
        };
        let inside = view(&cast.chair).await.certificate;
        assert_eq!(inside, Some(format!("{PAGE}{}", token_of(&data))));
        assert_eq!(view(&cast.of_other_district).await.certificate, None);
    }
}

#[tokio::test]
async fn another_city_s_certificate_is_told_from_one_that_was_altered() {
    for city in cities().await {
        let (app, cast) = (&city.app, cast(&city).await);
        let administrator = administrator(&city, &cast).await;
        keys::make(app, &administrator, "").await.unwrap();
        let honour = named(&city, &cast, |_| {}).await;
        let token = token_of(&paper(&city, &cast.chair, &honour).await);
        let keys = Keys::read(&keys::jwks(app).await.unwrap()).unwrap();
        let (_, claims) = token::certificate(&keys, &token).unwrap();
        let foreign = Signer::new(&[9; 32]).certificate(&claims).unwrap();
        let mut altered = token.clone().into_bytes();
        let place = token.find('.').unwrap() + 20;
        altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
        let altered = String::from_utf8(altered).unwrap();
        assert_eq!(standing(app, &token).await.status, Status::Valid);
        let faults = [
            (foreign.as_str(), Fault::Foreign),
            (altered.as_str(), Fault::Altered),
            ("", Fault::NoToken),
            ("a.b.c", Fault::NoToken),
        ];
        for (token, fault) in faults {
            assert_eq!(look(app, token).await.unwrap(), Looked::Not(fault));
        }
    }
}

/// The texts of a backup, unpacked.
fn unpacked(file: &Path) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(fs::File::open(file).unwrap()).unwrap();
    let mut bytes = Vec::new();
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).unwrap();
        entry.read_to_end(&mut bytes).unwrap();
    }
    bytes
}

#[tokio::test]
async fn no_backup_has_a_private_key_and_without_the_slip_key_certificates_are_still_verified() {
    for city in cities().await {
        let (app, cast) = (&city.app, cast(&city).await);
        let administrator = administrator(&city, &cast).await;
        let key = keys::make(app, &administrator, "").await.unwrap();
        let honour = named(&city, &cast, |_| {}).await;
        let token = token_of(&paper(&city, &cast.chair, &honour).await);
        let opened = app.slip_key.open("certificate-key", &key.id, &key.sealed);
        let secret = opened.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("city.zip");
        backup::write(&app.db, &app.files, &file, None)
            .await
            .unwrap();
        let bytes = unpacked(&file);
        let holds = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
        assert!(
            holds(key.sealed.as_bytes()),
            "it was looked for in the right place"
        );
        let base64 = STANDARD_NO_PAD.encode(&secret);
        for plain in [
            secret.clone(),
            hex::encode(&secret).into_bytes(),
            // All but what the next byte has a part in.
            base64.as_bytes()[..42].to_vec(),
            base64[..42]
                .replace('+', "-")
                .replace('/', "_")
                .into_bytes(),
        ] {
            assert!(!holds(&plain));
        }
        let restored = App {
            slip_key: SlipKey([8; 32]),
            memory: Memory::default(),
            ..app.clone()
        };
        let lost = of_honour(&restored, &cast.chair, &honour.id).await;
        assert_eq!(told(lost), "certificate/key-of-another-instance");
        assert_eq!(standing(&restored, &token).await.status, Status::Valid);
        let made = keys::make(&restored, &administrator, &key.id).await;
        assert_eq!(told(made.map(|_| ())), "done");
        assert_eq!(listed(&restored, &token).await, Some(Status::Valid));
    }
}

/// Where `bin/setup` puts the modules of npm.
const MODULES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../target/oidc-provider/node_modules"
);

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/honour/verify.mjs");

#[tokio::test]
async fn a_jwt_library_in_another_language_verifies_a_certificate_and_the_list() {
    for city in cities().await {
        let (app, cast) = (&city.app, cast(&city).await);
        let administrator = administrator(&city, &cast).await;
        let first = keys::make(app, &administrator, "").await.unwrap();
        named(&city, &cast, |honour| {
            honour.title = "model-home".to_owned()
        })
        .await;
        let honour = named(&city, &cast, |_| {}).await;
        let token = token_of(&paper(&city, &cast.chair, &honour).await);
        // The list is signed by another key than the certificate.
        keys::make(app, &administrator, &first.id).await.unwrap();
        let input = because("核查", 1);
        crate::change(app, &cast.of_city, &honour.id, HonourAct::Suspended, &input)
            .await
            .unwrap();
        let public = keys::jwks(app).await.unwrap();
        let (_, claims) = token::certificate(&Keys::read(&public).unwrap(), &token).unwrap();
        let foreign = Signer::new(&[9; 32]).certificate(&claims).unwrap();
        let (signed, _) = token.rsplit_once('.').unwrap();
        let (_, signature) = foreign.rsplit_once('.').unwrap();
        let given = json!({
            "keys": public,
            "certificate": token,
            "list": *list(app).await.unwrap(),
            "now": app.now().as_second(),
            "wrong": [
                foreign,
                format!("{signed}.{signature}"),
                format!("{signed}."),
            ],
        });
        let mut node = Command::new("node")
            .args([SCRIPT, MODULES])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("node: bin/setup installs it");
        let mut input = node.stdin.take().unwrap();
        input.write_all(given.to_string().as_bytes()).unwrap();
        drop(input);
        let output = node.wait_with_output().unwrap();
        assert!(output.status.success(), "jose is missing? run bin/setup");
        let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let expect = json!({
            "claims": {
                "n": honour.number,
                "h": "甲厂工会",
                "k": "trusted-home",
                "t": "信赖职工之家",
                "y": 2016,
                "o": "市总工会",
                "d": "2016-11-20",
                "i": 1,
            },
            "bits": 2,
            "ttl": 30,
            "status": Status::Suspended.bits(),
            "refused": 3,
        });
        assert_eq!(said, expect);
    }
}
