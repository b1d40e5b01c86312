//! The archive as the office makes it: by whom, what is told of it for good, and how long the file is there.

use std::{pin::Pin, sync::atomic::Ordering};

use futures_util::TryStreamExt;
use jianjia_app::{
    core::{
        app::App,
        clock::Clock,
        error::Result,
        export as exports,
        job::{
            Doing, Lane, Work,
            running::{Outcome, Running},
            worker::{Node, run_due_once},
        },
        post::Post,
    },
    exchange::archive::making::{self as archives, Asked},
    honour::certificate::key as keys,
    office::asker,
};
use jianjia_domain::{
    core::{
        export::KEPT,
        ids::HonourId,
        job::JobKind,
        policy::{Actor, RoleAt},
    },
    honour::{certificate::CertificateRefusal, honour::Honour},
};
use jianjia_standard::Lang;

use super::*;
use crate::key;

/// As the job of the pages, which has words for tables besides.
const WORKS: &[Work] = &[Work {
    kind: JobKind::Archive,
    doing: Doing::Once {
        lane: Lane::Archive,
        is_here: |_| true,
        run,
    },
}];

fn run<'a>(
    app: &'a App,
    running: &'a Running,
) -> Pin<Box<dyn Future<Output = Result<Outcome>> + Send + 'a>> {
    Box::pin(async move {
        let export = exports::wanted(&running.job)?;
        let actor = asker::of_job(app, &running.job).await?;
        let made = archives::made(app, &actor, &export, running).await?;
        exports::deliver(app, running, &actor, made).await
    })
}

fn asked(year: i16) -> Asked {
    Asked {
        year,
        evidence: Evidence::Hashes,
        papers: Papers::LeftOut,
    }
}

fn called() -> (Lang, String) {
    (Lang::Zh, "2016".to_owned())
}

async fn whole(mut content: exports::Content) -> Vec<u8> {
    let mut bytes = Vec::new();
    while let Some(portion) = content.try_next().await.unwrap() {
        bytes.extend_from_slice(&portion);
    }
    bytes
}

#[tokio::test]
async fn the_office_has_an_archive_made_and_downloads_it_for_a_while_on_both_engines() {
    for mut city in cities().await {
        with_a_round(&mut city).await;
        named(&city, "model-home", "模家〔2016〕1号", "").await;
        let app = &city.city.app;
        let roles = [(Role::Auditor, &city.top)];
        let auditor = city.city.actor("市审计", &roles).await;
        let roles = [(Role::Reviewer, &city.top)];
        let reviewer = city.city.actor("市审核", &roles).await;
        for (actor, expect) in [
            (&city.chair, "not-found"),
            (&city.approver, "not-found"),
            (&reviewer, "not-your-role"),
        ] {
            let begun = archives::begin(app, actor, asked(2016), called()).await;
            assert_eq!(key(begun), expect);
            assert_eq!(key(archives::overview(app, actor).await), expect);
        }
        let none = archives::begin(app, &auditor, asked(2019), called()).await;
        assert_eq!(key(none), "archive/no-round");

        let begin = async || archives::begin(app, &auditor, asked(2016), called()).await;
        let job = begin().await.unwrap();
        assert_eq!(begin().await.unwrap(), job, "it is not made yet");
        let open = async |actor: &Actor| {
            let opened = exports::open(app, actor, &job).await;
            opened.map(|(file, _)| file)
        };
        assert_eq!(key(open(&auditor).await), "not-found");
        let node = Node::new(app, WORKS);
        let ran = run_due_once(app, &node, Lane::Archive).await;
        assert!(ran.unwrap().is_some());

        // The file is what the command writes, and agrees with the database.
        let (file, content) = exports::open(app, &auditor, &job).await.unwrap();
        let bytes = whole(content).await;
        let same = archived(&city, "same.zip").await;
        assert!(std::fs::read(&same).unwrap() == bytes);
        let found = checking::check(&same).unwrap();
        assert_eq!((found.faults, found.lines), (Vec::new(), file.rows));
        // One byte of it changed is found.
        let mut changed = bytes.clone();
        let middle = changed.len() / 2;
        changed[middle] ^= 1;
        let path = same.with_extension("changed");
        std::fs::write(&path, &changed).unwrap();
        assert!(checking::check(&path).map_or(true, |found| !found.faults.is_empty()));

        // Who made it, what it holds and its checksum stand in the trail for good.
        let seen = archives::overview(app, &auditor).await.unwrap();
        assert_eq!(seen.years, [2016]);
        let made = &seen.made[0];
        assert_eq!(
            (made.year.as_str(), made.by_name.as_str(), &made.hash),
            ("2016", "市审计", &content_hash(&bytes))
        );
        assert_eq!(
            (made.counts.lines, made.counts.polls, made.counts.bytes),
            (file.rows, 1, file.bytes)
        );
        assert_eq!((seen.made.len(), made.job), (1, Some(job)));
        // So does what is not in it: there is a title and no key for its certificate, and a line that waits for its seal.
        assert_eq!(made.without_certificates, "certificate/no-key");
        assert_eq!(made.counts.missing_files, 0);
        assert!(made.counts.trail_unsealed > 0, "{made:?}");
        // Somebody else may know of it, and has none of the file.
        let seen = archives::overview(app, &city.leader).await.unwrap();
        assert_eq!((seen.made[0].job, seen.made.len()), (None, 1));
        assert_eq!(key(open(&city.leader).await), "not-found");
        // The right is asked for again at the download.
        let less = Actor {
            roles: vec![RoleAt {
                role: Role::Reviewer,
                unit: city.top.clone(),
            }],
            ..auditor.clone()
        };
        assert_eq!(key(open(&less).await), "not-your-role");
        let Clock::Set(clock) = &app.clock else {
            panic!("the clock of tests is set");
        };
        let kept = i64::try_from(KEPT.as_micros()).unwrap();
        clock.fetch_add(kept, Ordering::Relaxed);
        assert_eq!(key(open(&auditor).await), "export/expired");
        let seen = archives::overview(app, &auditor).await.unwrap();
        assert_eq!((seen.made[0].job, seen.made.len()), (None, 1));
    }
}

#[tokio::test]
async fn only_years_that_had_a_round_are_offered_on_both_engines() {
    for city in cities().await {
        let app = &city.city.app;
        let years = async || {
            let seen = archives::overview(app, &city.leader).await.unwrap();
            seen.years
        };
        // The city set days for it.
        assert_eq!(years().await, [2016]);
        // The programme goes on, and nothing of its next years was begun.
        city.on(2018, 3, 1);
        assert_eq!(years().await, [2016]);
        let none = archives::begin(app, &city.leader, asked(2017), called()).await;
        assert_eq!(key(none), "archive/no-round");
    }
}

/// A title that the city gave to the union in the round; one that was decided by itself has no batch.
async fn named(city: &RoundCity, title: &str, number: &str, batch: &str) -> HonourId {
    let make = &city.city;
    let held = Honour {
        number: number.to_owned(),
        begun_on: date(2016, 10, 19),
        reconfirmed: true,
        batch: batch.to_owned(),
        ..make.title(&city.top, &city.union, title, "")
    };
    make.names(std::slice::from_ref(&held)).await;
    held.id
}

#[tokio::test]
async fn certificates_are_in_it_with_all_that_verifies_them() {
    let mut city = a_city().await;
    with_a_round(&mut city).await;
    let id = named(&city, "trusted-home", "信家〔2016〕1号", "b1").await;
    let single = named(&city, "model-home", "模家〔2016〕1号", "").await;
    let folder = city.city.database.folder.path().to_owned();
    let write = async |city: &RoundCity, name: &str| {
        let path = folder.join(name);
        let wanted = Wanted {
            papers: Papers::Made,
            ..of(2016)
        };
        let written = archive::write(&city.city.app, &path, &wanted).await;
        (written.unwrap(), path)
    };
    // Without a key there are none, and it says why; all else is there.
    let (written, path) = write(&city, "without.zip").await;
    assert_eq!(written.certificates, 0);
    assert_eq!(
        written.without_certificates,
        Some(CertificateRefusal::NoKey)
    );
    assert_eq!(checking::check(&path).unwrap().faults, [""; 0]);

    let roles = [(Role::Administrator, &city.top)];
    let keeper = city.city.actor("管", &roles).await;
    keys::make(&city.city.app, &keeper, "").await.unwrap();
    city.city.app.post = std::sync::Arc::new(Post {
        address: "https://jia.example".to_owned(),
        ..Post::default()
    });
    let (written, path) = write(&city, "with.zip").await;
    assert_eq!(
        (written.certificates, written.without_certificates),
        (2, None)
    );
    let found = checking::check(&path).unwrap();
    assert_eq!((found.faults, found.certificates), (Vec::new(), 2));
    let files = files(&path);
    let papers = [
        (&id, "papers/certificate/b1-0001-0001.pdf"),
        (&single, "papers/certificate/single-0001-0001.pdf"),
    ];
    assert_eq!(
        tokens_of(&files),
        papers.map(|(id, paper)| (id.to_string(), paper.to_owned()))
    );
    for (_, paper) in papers {
        assert!(files[paper].starts_with(b"%PDF-"));
    }
    for name in ["certificates/jwks.json", "certificates/status-list.jwt"] {
        assert!(!files[name].is_empty(), "{name}");
    }
    // What is changed together with its checksum does not verify.
    let (id, single) = (id.to_string(), single.to_string());
    for (from, to, sentence) in [
        ("1号", "2号", "证书与它的签名不符"),
        ("\"token\":\"ey", "\"token\":\"eY", "证书与它的签名不符"),
        (id.as_str(), single.as_str(), "里没有编号为"),
        ("single-0001-0001", "single-0001-0002", "不在档案里"),
    ] {
        let change = |text: String| text.replacen(from, to, 1);
        let faults = forged(&folder, &files, "certificates/tokens.jsonl", change);
        assert!(
            faults.iter().any(|fault| fault.contains(sentence)),
            "{from}: {faults:?}"
        );
    }
}

/// The titles whose tokens are in an archive, and the file of each one's certificate.
fn tokens_of(files: &Files) -> Vec<(String, String)> {
    let tokens = String::from_utf8(files["certificates/tokens.jsonl"].clone()).unwrap();
    let lines = tokens.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| line[name].as_str().unwrap().to_owned();
        (text("honour_id"), text("paper"))
    });
    lines.collect()
}

#[tokio::test]
async fn a_title_without_an_entry_of_the_status_list_leaves_the_others_theirs() {
    let mut city = a_city().await;
    with_a_round(&mut city).await;
    let app = &city.city.app;
    let roles = [(Role::Administrator, &city.top)];
    let keeper = city.city.actor("管", &roles).await;
    keys::make(app, &keeper, "").await.unwrap();
    let single = named(&city, "model-home", "模家〔2016〕1号", "").await;
    let without = named(&city, "trusted-home", "信家〔2016〕1号", "b1").await;
    let mut tx = app.db.write("test").await.unwrap();
    sqlx::query("DELETE FROM certificate WHERE honour_id = $1")
        .bind(without.to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
    testing::keep(app, tx).await;
    let path = archived(&city, "city.zip").await;
    let found = checking::check(&path).unwrap();
    assert_eq!((found.faults, found.certificates), (Vec::new(), 1));
    assert_eq!(
        tokens_of(&files(&path)),
        [(
            single.to_string(),
            "papers/certificate/single-0001-0001.pdf".to_owned()
        )]
    );
}
