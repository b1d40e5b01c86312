//! What runs in the background, as people see it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::atomic::Ordering,
};

use axum::http::StatusCode;
use jianjia_app::{
    core::{
        clock::Clock,
        error::Error,
        export as exports,
        job::{
            self as jobs, Lane, Work,
            worker::{Node, run_due_once},
        },
    },
    exchange::{
        import::{exports as tables, job::LONG_FROM},
        verification,
    },
};
use jianjia_documents::sheet;
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        export::{Export, ExportKind, KEPT, MOST_AT_ONCE},
        ids::{JobId, VetoId},
        policy::{Actor, Role},
    },
    exchange::import::ImportKind,
    round::veto::Veto,
};
use jianjia_standard::Lang;
use jianjia_store::{core::scope::Scope, round::veto as vetoes};
use jianjia_web::pages::exchange::export;
use jiff::SignedDuration;
use serde_json::json;

use crate::site::{self, Client, TestSite};

fn table() -> String {
    let rows = (1..=LONG_FROM).map(|number| format!("常州第{number}机械厂工会,红梅街道总工会\n"));
    format!("工会名称,上级工会\n{}", rows.collect::<String>())
}

/// Sends a long table and confirms it: the address of the import.
async fn confirmed(site: &TestSite, office: &mut Client) -> String {
    let unit = site.township.id.to_string();
    let fields = [("kind", "unions"), ("unit", unit.as_str())];
    let table = table();
    let files = [("file", "名单.csv", table.as_bytes())];
    let mut at = office.upload("/imports", &fields, &files).await.location();
    while at.contains("/readings/") {
        let page = office.get(&at).await;
        if page.status == StatusCode::SEE_OTHER {
            at = page.location();
        }
    }
    let done = office.post_form(&format!("{at}/confirmation"), &[]).await;
    assert_eq!(done.location(), at, "{}", done.text());
    at
}

async fn run(site: &TestSite) {
    let node = Node::new(&site.app, jianjia_app::WORKS);
    let run = run_due_once(&site.app, &node, Lane::Long).await.unwrap();
    assert!(run.is_some(), "it was due");
}

/// The address of the job that a page links to.
fn job_of(body: &str) -> String {
    let at = body.find("/jobs/").expect("a link to the job");
    let end = body[at..].find('"').expect("its end");
    body[at..at + end].to_owned()
}

#[tokio::test]
async fn a_long_import_is_followed_stopped_tried_again_and_done() {
    for site in site::both().await {
        let roles = [(Role::Reviewer, &site.township)];
        let mut office = site.sign_in_as("街道审核", &roles).await;
        let roles = [(Role::Administrator, &site.city)];
        let mut administrator = site.sign_in_as("市管理员", &roles).await;
        let mut colleague = site
            .sign_in_as("同事", &[(Role::Approver, &site.township)])
            .await;
        let mut stranger = site
            .sign_in_as("外区", &[(Role::Administrator, &site.other_district)])
            .await;
        let import = confirmed(&site, &mut office).await;
        let page = office.get(&import).await;
        assert!(
            page.text()
                .contains("这张表正在导入\n名单.csv\n在等待，轮到就办。")
        );
        assert!(page.body.contains(&format!(
            "http-equiv=\"refresh\" content=\"2;url={import}\""
        )));
        let job = job_of(&page.body);
        // A colleague sees how far it is, and has no button.
        let seen = colleague.get(&import).await;
        assert!(seen.text().contains("这张表正在导入") && !seen.body.contains("/jobs/"));
        assert_eq!(colleague.get(&job).await.status, StatusCode::FORBIDDEN);
        assert_eq!(stranger.get(&job).await.status, StatusCode::NOT_FOUND);
        let stop = format!("{job}/stop");
        let tried = stranger.post_form(&stop, &[]).await;
        assert_eq!(tried.status, StatusCode::NOT_FOUND);
        let listed = administrator.get("/jobs").await;
        assert!(listed.body.contains(&job) && listed.text().contains("导入表格 · 名单.csv"));
        let others = stranger.get("/jobs").await;
        assert!(!others.body.contains(&job) && !others.text().contains("每夜备份"));
        let desk = administrator.get("/desk").await;
        assert!(desk.body.contains("href=\"/jobs\""));

        let page = office.get(&job).await;
        let words = "停止以后，已经写的全部撤回，名册不变。";
        assert!(page.text().contains(words), "{}", page.text());
        assert!(page.body.contains("http-equiv=\"refresh\""));
        assert_eq!(office.post_form(&stop, &[]).await.location(), job);
        let page = office.get(&job).await;
        assert!(page.text().contains("已停止") && !page.body.contains("http-equiv=\"refresh\""));
        let again = office.post_form(&stop, &[]).await;
        assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(again.text().contains("这个任务已经结束，不能再停止"));
        let page = office.get(&import).await;
        let words = "导入已停止，名册没有改。";
        assert!(page.text().contains(words), "{}", page.text());
        assert!(page.text().contains("确认导入"));

        let retry = format!("{job}/retry");
        assert_eq!(administrator.post_form(&retry, &[]).await.location(), job);
        run(&site).await;
        let page = office.get(&job).await;
        assert!(page.text().contains("新登记 3,000 行。"), "{}", page.text());
        assert!(page.body.contains(&format!("href=\"{import}\"")));
        let page = office.get(&import).await;
        assert!(page.text().contains("已导入 3,000 行"), "{}", page.text());
        let audit = site
            .sign_in_as("审计", &[(Role::Auditor, &site.city)])
            .await
            .get("/audit")
            .await;
        for words in ["停止后台任务", "再试后台任务", "确认导入"] {
            assert!(audit.text().contains(words), "{words}: {}", audit.text());
        }
    }
}

#[tokio::test]
async fn an_import_that_fails_says_why_and_is_on_the_list_of_failures() {
    for site in site::both().await {
        let roles = [(Role::Administrator, &site.township)];
        let mut office = site.sign_in_as("街道管理员", &roles).await;
        let import = confirmed(&site, &mut office).await;
        // A union of the table is registered meanwhile.
        let unit = site.township.id.to_string();
        let fields = [("kind", "unions"), ("unit", unit.as_str())];
        let table = "工会名称,上级工会\n常州第7机械厂工会,红梅街道总工会\n";
        let files = [("file", "一家.csv", table.as_bytes())];
        let short = office.upload("/imports", &fields, &files).await.location();
        office
            .post_form(&format!("{short}/confirmation"), &[])
            .await;
        run(&site).await;
        let page = office.get(&import).await;
        assert!(page.text().contains("这张表没有导入："), "{}", page.text());
        let list = office.get("/jobs").await;
        let text = list.text();
        assert!(text.contains("1 个任务未办成，原因见下面。"), "{text}");
        assert!(text.contains("未办成的\n"), "{text}");
        // In English, too.
        office.cookies.insert("lang".to_owned(), "en".to_owned());
        let text = office.get("/jobs").await.text();
        assert!(
            text.contains("1 job failed; the reasons are below."),
            "{text}"
        );
        assert!(!text.contains("任务"), "{text}");
    }
}

const EXPORTS: &[Work] = export::WORKS;

pub(super) async fn make(site: &TestSite) {
    assert!(is_made(site, Lane::Long).await, "it was due");
}

/// Does the next job of a lane; whether there was one.
pub(super) async fn is_made(site: &TestSite, lane: Lane) -> bool {
    let node = Node::new(&site.app, EXPORTS);
    let made = run_due_once(&site.app, &node, lane).await;
    made.unwrap().is_some()
}

/// The fields of a form that nobody types.
pub(super) fn hidden(body: &str) -> Vec<(String, String)> {
    let inputs = body.split("<input type=\"hidden\" name=\"").skip(1);
    inputs
        .filter_map(|input| {
            let (name, rest) = input.split_once("\" value=\"")?;
            let value = rest.split('"').next()?;
            (name != "csrf").then(|| (name.to_owned(), value.to_owned()))
        })
        .collect()
}

#[tokio::test]
async fn a_long_table_is_made_in_the_background_for_whoever_asked_alone() {
    for site in site::both().await {
        let roles = [(Role::Reviewer, &site.township)];
        let mut office = site.sign_in_as("街道审核", &roles).await;
        let mut colleague = site.sign_in_as("同事", &roles).await;
        let roles = [(Role::Administrator, &site.city)];
        let mut administrator = site.sign_in_as("市管理员", &roles).await;
        let short = format!("/units/{}/exports/people", site.township.id);
        assert!(office.get(&short).await.bytes.starts_with(b"PK"));
        confirmed(&site, &mut office).await;
        run(&site).await;

        let long = format!("/units/{}/exports/unions", site.township.id);
        let page = office.get(&long).await;
        let text = page.text();
        assert!(
            text.contains("导出工会") && text.contains("行以上，在后台生成"),
            "{text}"
        );
        let fields = hidden(&page.body);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| ["export", "at", "kind"].contains(name))
            .collect();
        assert_eq!(fields.len(), 3, "{fields:?}");
        let job = office.post_form("/exports", &fields).await.location();
        // A double click.
        assert_eq!(office.post_form("/exports", &fields).await.location(), job);
        let file = format!("{job}/file");
        assert_eq!(office.get(&file).await.status, StatusCode::NOT_FOUND);
        let waiting = office.get(&job).await;
        assert!(
            waiting.text().contains("导出表格 · 工会"),
            "{}",
            waiting.text()
        );
        assert!(!waiting.body.contains(&file));

        // Stopped, it leaves nothing; tried again, it is made.
        office.post_form(&format!("{job}/stop"), &[]).await;
        let stopped = office.get(&job).await;
        assert!(stopped.text().contains("已停止"), "{}", stopped.text());
        office.post_form(&format!("{job}/retry"), &[]).await;
        make(&site).await;
        let page = office.get(&job).await;
        assert!(
            page.body.contains(&format!("href=\"{file}\"")),
            "{}",
            page.text()
        );
        let got = office.get(&file).await;
        let sheets = sheet::read_all(&got.bytes, "table.xlsx").expect("a workbook");
        let read = format!("{sheets:?}");
        assert!(
            read.contains("常州第1机械厂工会")
                && read.contains(&format!("常州第{LONG_FROM}机械厂工会"))
        );
        assert_eq!(
            got.headers["content-disposition"],
            format!(
                "attachment; filename=\"table.xlsx\"; filename*=UTF-8''{}",
                "%E7%BA%A2%E6%A2%85%E8%A1%97%E9%81%93%E6%80%BB%E5%B7%A5%E4%BC%9A-%E5%B7%A5%E4%BC%9A.xlsx"
            )
        );
        // It is there for nobody else, wherever they stand.
        for other in [&mut colleague, &mut administrator] {
            assert_eq!(other.get(&file).await.status, StatusCode::NOT_FOUND);
        }
        let seen = administrator.get(&job).await;
        assert!(seen.text().contains("已办完") && !seen.body.contains(&file));

        // The list of units in the same way, with its question.
        let page = office.get("/units/export?q=机械厂&format=csv").await;
        let fields = hidden(&page.body);
        let question = |name: &str| {
            let mut found = fields.iter().filter(|(field, _)| field == name);
            found.next().map(|(_, value)| value.as_str())
        };
        assert_eq!(
            (question("q"), question("format")),
            (Some("机械厂"), Some("csv"))
        );
        let at = site.township.id.to_string();
        let sent = [
            ("export", "units"),
            ("at", at.as_str()),
            ("q", "机械厂"),
            ("format", "csv"),
        ];
        let job = office.post_form("/exports", &sent).await.location();
        make(&site).await;
        let got = office.get(&format!("{job}/file")).await;
        assert_eq!(got.body.lines().count(), LONG_FROM + 1, "{}", got.body);
        // What one may not have one does not get in the background either.
        let city = site.city.id.to_string();
        for (export, at) in [
            ("units", city.as_str()),
            ("trail", at.as_str()),
            ("accounts", at.as_str()),
            ("nothing", at.as_str()),
        ] {
            let sent = [("export", export), ("at", at), ("kind", "accounts")];
            let refused = office.post_form("/exports", &sent).await.status;
            assert!(
                [StatusCode::NOT_FOUND, StatusCode::FORBIDDEN].contains(&refused),
                "{export}: {refused}"
            );
        }
    }
}

/// As many as make a long table: the union's, of one clause, year after year.
async fn many_vetoes(site: &TestSite) {
    let (app, now, union) = (&site.app, site.app.now(), &site.union);
    let years = 1..=i16::try_from(LONG_FROM).unwrap();
    let veto = |year| Veto {
        id: VetoId(app.entropy.id(now)),
        unit: union.id,
        unit_path: union.path.clone(),
        unit_name: union.name.clone(),
        year,
        clause: "V1".to_owned(),
        source: format!("=第{year}号函"),
        note: String::new(),
        recorded_by: None,
        recorded_by_name: String::new(),
        recorded_at: now,
        entry: None,
        lifted: None,
    };
    let recorded: Vec<Veto> = years.map(veto).collect();
    let mut tx = app.db.write("veto").await.unwrap();
    vetoes::record_many(&mut tx, &recorded).await.unwrap();
    jianjia_demo::testing::keep(app, tx).await;
}

#[tokio::test]
async fn a_long_list_is_written_as_it_is_read_with_every_row_once() {
    for site in site::both().await {
        many_vetoes(&site).await;
        site.city_of_tests
            .vetoed(&site.union, 2016, "V2", "税务局")
            .await;
        let roles = [(Role::Reviewer, &site.township)];
        let mut office = site.sign_in_as("街道审核", &roles).await;
        let short = office.get("/vetoes/export?clause=V2&format=xlsx").await;
        assert!(short.bytes.starts_with(b"PK"), "{}", short.text());
        let page = office.get("/vetoes/export?clause=V1&format=xlsx").await;
        assert!(
            page.text().contains("行以上，在后台生成"),
            "{}",
            page.text()
        );
        let fields = hidden(&page.body);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .filter(|(name, _)| ["export", "at", "clause", "format"].contains(name))
            .collect();
        assert_eq!(fields.len(), 4, "{fields:?}");
        let job = office.post_form("/exports", &fields).await.location();
        make(&site).await;
        let got = office.get(&format!("{job}/file")).await;
        let read = sheet::read(&got.bytes, "table.xlsx").expect("a workbook");
        let rows = &read.rows[1..];
        let sources: BTreeSet<&str> = rows.iter().map(|row| row.cells[3].as_str()).collect();
        assert_eq!((rows.len(), sources.len()), (LONG_FROM, LONG_FROM));
        let last = format!("=第{LONG_FROM}号函");
        assert!(sources.contains("=第1号函") && sources.contains(last.as_str()));
    }
}

async fn asked(
    site: &TestSite,
    actor: &Actor,
    kind: ExportKind,
    at: &jianjia_domain::core::place::UnitPlace,
    asked: &[(&str, &str)],
) -> Result<JobId, Error> {
    let asked = asked
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let export = Export {
        kind,
        asked: asked.collect::<BTreeMap<String, String>>(),
        lang: Lang::Zh,
    };
    exports::begin(&site.app, actor, &export, &at.id, "表".to_owned()).await
}

async fn whole(content: exports::Content) -> Vec<u8> {
    let body = axum::body::Body::from_stream(content);
    let bytes = axum::body::to_bytes(body, usize::MAX).await;
    bytes.unwrap().to_vec()
}

fn refused<T>(result: Result<T, Error>) -> &'static str {
    match result {
        Ok(_) => "done",
        Err(Error::NotFound) => "not found",
        Err(Error::Refused(refusal)) => refusal.key(),
        Err(Error::Internal(_)) => "failed",
    }
}

#[tokio::test]
async fn a_file_is_kept_for_a_while_and_asks_for_the_right_again() {
    for site in site::both().await {
        let app = &site.app;
        let roles = [
            (Role::Reviewer, &site.township),
            (Role::Auditor, &site.district),
        ];
        let actor = site.city_of_tests.actor("兼职", &roles).await;
        let people = [("kind", "people")];
        let job = asked(&site, &actor, ExportKind::Table, &site.township, &people)
            .await
            .unwrap();
        assert_eq!(refused(exports::open(app, &actor, &job).await), "not found");
        make(&site).await;
        let (file, content) = exports::open(app, &actor, &job).await.unwrap();
        let bytes = whole(content).await;
        let direct = tables::export(app, &actor, ImportKind::People, &site.township.id, None)
            .await
            .unwrap();
        let read = |bytes: &[u8]| {
            let sheets = sheet::read_all(bytes, "table.xlsx").expect("a workbook");
            format!("{sheets:?}")
        };
        assert_eq!(file.name, direct.name);
        assert_eq!(read(&bytes), read(&direct.bytes));
        // With a role less it is gone; and it is nobody else's.
        let less = Actor {
            roles: actor.roles[..1].to_vec(),
            ..actor.clone()
        };
        assert_eq!(refused(exports::open(app, &less, &job).await), "not found");
        let other = Actor {
            roles: actor.roles[1..].to_vec(),
            ..actor.clone()
        };
        assert_eq!(
            refused(exports::open(app, &other, &job).await),
            "not-your-role"
        );
        let roles = [(Role::Administrator, &site.city)];
        let administrator = site.city_of_tests.actor("市管理员", &roles).await;
        assert_eq!(
            refused(exports::open(app, &administrator, &job).await),
            "not found"
        );

        // The trail, page by page: all of it, and each line once.
        let mut tx = app.db.write(Scope::Register).await.unwrap();
        for number in 0..3_100 {
            app.trail(
                &mut tx,
                &actor,
                Deed::SayFacts,
                Object::Unit(site.union.id),
                Some(&site.union),
                json!({"number": number}),
            )
            .await
            .unwrap();
        }
        tx.commit().await.unwrap();
        let trail = asked(
            &site,
            &actor,
            ExportKind::Trail,
            &site.district,
            &[("from", "2016-10-20")],
        )
        .await
        .unwrap();
        make(&site).await;
        let (file, content) = exports::open(app, &actor, &trail).await.unwrap();
        let lines = String::from_utf8(whole(content).await).unwrap();
        assert!(
            file.rows >= 3_100 && lines.lines().count() as i64 == file.rows + 1,
            "{}",
            file.rows
        );

        // Not more than a few at a time.
        for number in 0..MOST_AT_ONCE {
            let year = (2016 + number).to_string();
            let sheets = [("kind", "sheets"), ("year", year.as_str())];
            asked(&site, &actor, ExportKind::Table, &site.township, &sheets)
                .await
                .unwrap();
        }
        let more = asked(&site, &actor, ExportKind::Table, &site.township, &people).await;
        assert_eq!(refused(more), "export/too-many");
        for _ in 0..MOST_AT_ONCE {
            make(&site).await;
        }

        // What an attempt left that was broken off, and what is over, is swept; the rest stays.
        app.files
            .put_for_a_while("nothing.1", tempfile::tempfile().unwrap())
            .await
            .unwrap();
        let left = format!("{job}.another");
        app.files
            .put_for_a_while(&left, tempfile::tempfile().unwrap())
            .await
            .unwrap();
        let swept = async || {
            let node = Node::new(app, jianjia_app::WORKS);
            jianjia_app::core::job::worker::arm(app, &node)
                .await
                .unwrap();
            pass(&site, SignedDuration::from_hours(1));
            while run_due_once(app, &node, Lane::Short)
                .await
                .unwrap()
                .is_some()
            {}
            app.files.names_for_a_while().await.unwrap().len() as i64
        };
        assert_eq!(swept().await, 2 + MOST_AT_ONCE);
        assert!(exports::open(app, &actor, &job).await.is_ok());
        pass(&site, KEPT);
        assert_eq!(
            refused(exports::open(app, &actor, &job).await),
            "export/expired"
        );
        assert_eq!(swept().await, 0);
        let found = jobs::find(app, &actor, &job).await.unwrap();
        assert!(exports::file_of(&found).is_some());
    }
}

fn pass(site: &TestSite, time: SignedDuration) {
    let Clock::Set(at) = &site.app.clock else {
        panic!("a test's clock is set");
    };
    at.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::Relaxed);
}

#[tokio::test]
async fn an_auditor_of_the_city_has_everything_checked_and_nobody_else() {
    for site in site::both().await {
        let mut auditor = site
            .sign_in_as("审计", &[(Role::Auditor, &site.city)])
            .await;
        let mut below = site
            .sign_in_as("区审计", &[(Role::Auditor, &site.district)])
            .await;
        assert!(
            auditor
                .get("/audit")
                .await
                .body
                .contains("/audit/verification")
        );
        assert!(
            !below
                .get("/audit")
                .await
                .body
                .contains("/audit/verification")
        );
        let denied = below.post_form("/audit/verification", &[]).await.status;
        assert_eq!(denied, StatusCode::NOT_FOUND);
        let job = auditor
            .post_form("/audit/verification", &[])
            .await
            .location();
        let again = auditor
            .post_form("/audit/verification", &[])
            .await
            .location();
        assert_eq!(again, job, "it is not done yet");
        jianjia_app::core::seal::seal(&site.app).await.unwrap();
        run(&site).await;
        let text = auditor.get(&job).await.text();
        assert!(text.contains("没有发现改动或缺失。"), "{text}");
        assert_eq!(below.get(&job).await.status, StatusCode::NOT_FOUND);
        // Somebody changes a row by hand.
        let mut tx = site.app.db.write_again("by-hand").await.unwrap();
        jianjia_store::testing::texts(
            &mut tx,
            "UPDATE unit SET name = '别的' WHERE name = '长江纺织厂工会' RETURNING name",
        )
        .await;
        tx.commit().await.unwrap();
        assert_ne!(
            verification::verify(&site.app).await.unwrap().faults,
            [""; 0]
        );
        let job = auditor
            .post_form("/audit/verification", &[])
            .await
            .location();
        run(&site).await;
        let text = auditor.get(&job).await.text();
        assert!(
            text.contains("处不符，请马上告诉维护程序的人。") && text.contains("unit 表的行"),
            "{text}"
        );
    }
}
