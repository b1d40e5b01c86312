//! A visit on the phone: the connection is cut three times, the tab is closed twice, an answer is lost, another person signs in on the same phone; and each remark is
//! on the server once.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::{Duration, Instant},
};

use jianjia_app::{
    check::{outcome as outcomes, remark as noting},
    core::app::App,
};
use jianjia_demo::testing::{TestCity, city, fixtures::yes_to_all};
use jianjia_domain::{
    check::remark::{Content, Remark, RemarkInput},
    core::{
        ids::VisitId,
        place::UnitKind,
        policy::{Actor, Role},
    },
};
use jianjia_standard::kinds::HonourLevel;
use jianjia_store::{check::remark as remarks, testing};
use jiff::civil::date;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

use crate::browser::{Browser, serve, with_browser_at};

const PASSWORD: &str = "lamp river saddle";

/// What is between the phone and the server.
#[derive(Clone)]
struct Line {
    state: Arc<AtomicU8>,
    address: String,
}

const WHOLE: u8 = 0;
const CUT: u8 = 1;
/// What is sent arrives; the answer to a remark is lost on the way, once.
const LOSES_AN_ANSWER: u8 = 2;

impl Line {
    /// Passes on what comes to the server at an address.
    async fn to(server: &str) -> Line {
        let server = server.trim_start_matches("http://").to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("http://{}", listener.local_addr().expect("an address"));
        let state = Arc::new(AtomicU8::new(WHOLE));
        let line = Line {
            state: state.clone(),
            address,
        };
        tokio::spawn(async move {
            while let Ok((phone, _)) = listener.accept().await {
                tokio::spawn(pass(phone, server.clone(), state.clone()));
            }
        });
        line
    }

    fn be(&self, state: u8) {
        self.state.store(state, Ordering::SeqCst);
    }
}

async fn pass(phone: TcpStream, server: String, state: Arc<AtomicU8>) {
    if state.load(Ordering::SeqCst) == CUT {
        return;
    }
    let Ok(server) = TcpStream::connect(server).await else {
        return;
    };
    let (mut phone_in, mut phone_out) = phone.into_split();
    let (mut server_in, mut server_out) = server.into_split();
    let is_entry = Arc::new(AtomicU8::new(0));
    let (of_up, state_up) = (is_entry.clone(), state.clone());
    let up = async move {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            // A cut line is noticed by what is under way, too.
            let read = timeout(Duration::from_millis(200), phone_in.read(&mut buffer)).await;
            if state_up.load(Ordering::SeqCst) == CUT {
                return;
            }
            let Ok(read) = read else { continue };
            let Ok(length @ 1..) = read else { return };
            let sent = &buffer[..length];
            if sent.starts_with(b"POST /visits/") && sent.windows(8).any(|part| part == b"/remarks")
            {
                of_up.store(1, Ordering::SeqCst);
            } else if sent.starts_with(b"GET ") {
                // The connection is used again.
                of_up.store(0, Ordering::SeqCst);
            }
            if server_out.write_all(sent).await.is_err() {
                return;
            }
        }
    };
    let down = async move {
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let Ok(length @ 1..) = server_in.read(&mut buffer).await else {
                return;
            };
            let is_lost = is_entry.load(Ordering::SeqCst) == 1
                && state
                    .compare_exchange(LOSES_AN_ANSWER, CUT, Ordering::SeqCst, Ordering::SeqCst)
                    .is_ok();
            if is_lost || state.load(Ordering::SeqCst) == CUT {
                return;
            }
            if phone_out.write_all(&buffer[..length]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        () = up => {}
        () = down => {}
    }
}

async fn kept(app: &App, visit: &VisitId) -> Vec<Remark> {
    let mut tx = app.db.read().await.expect("a transaction");
    remarks::of_visit(&mut tx, visit).await.expect("entries")
}

/// The clauses on which something was kept, in their order.
async fn clauses(app: &App, visit: &VisitId) -> Vec<String> {
    let mut clauses: Vec<String> = kept(app, visit)
        .await
        .iter()
        .map(|remark| remark.clause().unwrap_or("signature").to_owned())
        .collect();
    clauses.sort();
    clauses
}

/// Types what was seen of a clause, without saving it.
/// Waits until so many remarks have arrived, which the phone sends by itself.
async fn arrived(browser: &Browser, app: &App, visit: &VisitId, count: usize) {
    let until = Instant::now() + browser.patience;
    while clauses(app, visit).await.len() < count && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

async fn types(browser: &Browser, clause: &str, note: &str) {
    let open = format!("document.getElementById('c-{clause}').open = true");
    browser.script(&open, vec![]).await;
    let choose = format!(
        "const choice = document.querySelector('#seen-{clause} input[value=holds]'); choice.checked = true; choice.dispatchEvent(new Event('input', {{bubbles: true}}));"
    );
    browser.script(&choose, vec![]).await;
    browser.fill(&format!("note-{clause}"), note).await;
}

async fn saves(browser: &Browser, clause: &str) {
    let press =
        format!("document.querySelector('form[data-entry=clause-{clause}] button').click()");
    browser.script(&press, vec![]).await;
}

async fn can_go_offline(browser: &Browser) {
    let until = Instant::now() + browser.patience;
    let asked = "return document.getElementById('visit').dataset.kept || ''";
    while browser.script(asked, vec![]).await != json!("yes") {
        assert!(Instant::now() < until, "the page was not kept");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A union of one district with what it declared, and its visit, for which two people of another were drawn.
async fn drawn() -> (TestCity, VisitId) {
    let (city, visit, _) = drawn_with().await;
    (city, visit)
}

/// The same with the second of the two.
async fn drawn_with() -> (TestCity, VisitId, Actor) {
    let city = city(testing::sqlite().await, date(2016, 12, 5));
    let top = city.unit(None, UnitKind::City, "常州市总工会").await;
    let district = city
        .unit(Some(&top), UnitKind::District, "天宁区总工会")
        .await;
    let other = city
        .unit(Some(&top), UnitKind::District, "钟楼区总工会")
        .await;
    let union = city
        .unit(Some(&district), UnitKind::Grassroots, "长江纺织厂工会")
        .await;
    city.holds(&union, None, "qualified-home", 2016, HonourLevel::County)
        .await;
    let numbers = [("members", 200), ("cards_issued", 190), ("cards_used", 180)];
    let answers = yes_to_all(city.app.in_force(), "qualified-home", &numbers);
    city.said(&union, None, 2016, &answers).await;
    let mut pair = Vec::new();
    for (login, name) in [("chen", "钟楼小陈"), ("yang", "钟楼小杨")] {
        let roles = [(Role::Reviewer, &other)];
        pair.push(city.account(login, PASSWORD, name, None, &roles).await);
    }
    let drawn = [(&pair[0], &other), (&pair[1], &other)];
    let visit = city.drawn(&union, "qualified-home", 2016, &drawn).await;
    let second = pair.remove(1);
    (city, visit, second)
}

#[tokio::test(flavor = "multi_thread")]
async fn browser_a_visit_through_cut_lines_and_closed_tabs_keeps_each_entry_once() {
    let (city, visit) = drawn().await;
    let photo = city.database.folder.path().join("现场.png");
    image::RgbImage::from_pixel(2400, 1800, image::Rgb([90, 140, 60]))
        .save(&photo)
        .expect("the photo is written");

    let app = city.app.clone();
    let line = Line::to(&serve(jianjia_web::site(app.clone())).await).await;
    let address = line.address.clone();
    with_browser_at("visit", address, |mut browser| async move {
        browser.patience = Duration::from_secs(30);
        browser.be_wide(375).await;
        let page = format!("/visits/{visit}");
        browser.sign_in("chen", PASSWORD).await;
        browser.open(&page).await;
        browser.sees("本机还没有记录").await;
        can_go_offline(&browser).await;
        browser.picture("01-before").await;

        // The first cut: what is saved is on the phone alone, and says so.
        line.be(CUT);
        types(&browser, "Q1", "看了选举记录").await;
        saves(&browser, "Q1").await;
        browser.sees("1 条只存在本机，还没有发送。").await;
        browser.sees("现在连不上").await;
        assert_eq!(clauses(&app, &visit).await, [""; 0]);
        browser.picture("02-cut").await;
        line.be(WHOLE);
        browser.sees("1 条已发送。").await;
        assert_eq!(clauses(&app, &visit).await, ["Q1"]);

        // The second cut, in the middle of typing; the tab is closed, twice.
        line.be(CUT);
        types(&browser, "Q2", "三个委员会的批复都在").await;
        browser.attach("photos-Q2", &photo).await;
        browser.sees("已存在本机，还没有作为一条记录保存。").await;
        browser.close_tab().await;
        browser.open(&page).await;
        browser.sees("已存在本机，还没有作为一条记录保存。").await;
        assert_eq!(browser.value("note-Q2").await, "三个委员会的批复都在");
        saves(&browser, "Q2").await;
        browser.sees("1 条只存在本机，还没有发送。").await;
        browser.close_tab().await;
        browser.open(&page).await;
        browser.sees("1 条只存在本机，还没有发送。").await;
        browser.sees("现在连不上").await;
        browser.picture("03-from-the-phone").await;
        line.be(WHOLE);
        browser.does_not_see("只存在本机，还没有发送").await;
        assert_eq!(clauses(&app, &visit).await, ["Q1", "Q2"]);
        let with_photo = kept(&app, &visit).await;
        assert_eq!(
            with_photo
                .iter()
                .map(|remark| remark.photos.len())
                .sum::<usize>(),
            1
        );

        // The third: the server has it, and its answer is lost. It is sent again, and is there once.
        line.be(LOSES_AN_ANSWER);
        types(&browser, "Q4", "制度上墙").await;
        saves(&browser, "Q4").await;
        browser.sees("1 条只存在本机，还没有发送。").await;
        browser.sees("现在连不上").await;
        assert_eq!(clauses(&app, &visit).await, ["Q1", "Q2", "Q4"]);
        line.be(WHOLE);
        browser.does_not_see("只存在本机，还没有发送").await;
        assert_eq!(clauses(&app, &visit).await, ["Q1", "Q2", "Q4"]);

        another_person_on_the_phone(&browser, &line, &app, &visit).await;
        the_page_shows_what_arrived(&browser, &app, &visit).await;
    })
    .await;
}

/// Who signs in on the same phone neither sees nor sends what the first one left there.
async fn another_person_on_the_phone(browser: &Browser, line: &Line, app: &App, visit: &VisitId) {
    let page = format!("/visits/{visit}");
    line.be(CUT);
    types(browser, "Q5", "账户和凭证").await;
    saves(browser, "Q5").await;
    browser.sees("1 条只存在本机，还没有发送。").await;
    // The page goes before the line is back: nothing is sent from it.
    browser.close_tab().await;
    line.be(WHOLE);
    // The session's cookie goes with a page of the site.
    browser.open("/standard").await;
    browser.sign_in("yang", PASSWORD).await;
    browser.open(&page).await;
    browser.sees("本机还没有记录").await;
    can_go_offline(browser).await;
    assert_eq!(clauses(app, visit).await, ["Q1", "Q2", "Q4"]);
    browser.sign_in("chen", PASSWORD).await;
    browser.open(&page).await;
    arrived(browser, app, visit, 4).await;
    assert_eq!(clauses(app, visit).await, ["Q1", "Q2", "Q4", "Q5"]);
    browser.does_not_see("只存在本机，还没有发送").await;
}

async fn the_page_shows_what_arrived(browser: &Browser, app: &App, visit: &VisitId) {
    browser.open(&format!("/visits/{visit}")).await;
    browser.sees("本机还没有记录").await;
    browser.sees("4 条收到记录").await;
    browser.picture("04-arrived").await;
    let names: Vec<String> = kept(app, visit)
        .await
        .into_iter()
        .map(|remark| remark.account_name)
        .collect();
    assert_eq!(names, ["钟楼小陈"; 4]);
    let seen = kept(app, visit).await;
    assert!(
        seen.iter()
            .all(|remark| matches!(remark.content, Content::Clause { .. }))
    );
    // A session that ended: what is noted stays on the phone and is sent after signing in again.
    browser.come_with(&[]).await;
    types(browser, "Q6", "对过卡务系统").await;
    saves(browser, "Q6").await;
    browser.sees("登录已经结束，记录都在本机。").await;
    browser.picture("05-sign-in-again").await;
    browser.sign_in("chen", PASSWORD).await;
    browser.open(&format!("/visits/{visit}")).await;
    arrived(browser, app, visit, 5).await;
    assert_eq!(clauses(app, visit).await, ["Q1", "Q2", "Q4", "Q5", "Q6"]);
}

/// What two tabs type of one clause is kept apart: neither overwrites the other, and both are told.
#[tokio::test(flavor = "multi_thread")]
async fn browser_two_tabs_of_a_visit_overwrite_nothing() {
    let (city, visit) = drawn().await;
    let app = city.app.clone();
    let address = serve(jianjia_web::site(app.clone())).await;
    with_browser_at("visit-tabs", address, |mut browser| async move {
        browser.patience = Duration::from_secs(30);
        browser.be_wide(375).await;
        let page = format!("/visits/{visit}");
        browser.sign_in("chen", PASSWORD).await;
        browser.open(&page).await;
        let [first, second] = browser.opens_beside().await;
        browser.open(&page).await;
        browser.sees("这次检查在另一个标签页里也开着").await;
        types(&browser, "Q3", "第二个标签页写的").await;
        browser.sees("已存在本机，还没有作为一条记录保存。").await;
        browser.goes_to(&first).await;
        types(&browser, "Q3", "第一个标签页写的").await;
        browser
            .sees("同一条在另一个标签页里也填了，两份都留着")
            .await;
        browser.picture("two-tabs").await;
        saves(&browser, "Q3").await;
        arrived(&browser, &app, &visit, 1).await;
        browser.goes_to(&second).await;
        assert_eq!(browser.value("note-Q3").await, "第二个标签页写的");
        saves(&browser, "Q3").await;
        arrived(&browser, &app, &visit, 2).await;
        let mut notes: Vec<String> = kept(&app, &visit)
            .await
            .into_iter()
            .map(|remark| remark.note)
            .collect();
        notes.sort();
        assert_eq!(notes, ["第一个标签页写的", "第二个标签页写的"]);
    })
    .await;
}

/// What was typed and photographed and never saved is still there after the other one concluded the visit: to be read, copied, kept, and removed by hand.
#[tokio::test(flavor = "multi_thread")]
async fn browser_a_draft_left_behind_by_the_conclusion_is_shown_until_it_is_removed() {
    let (city, visit, second) = drawn_with().await;
    let photo = city.database.folder.path().join("现场.png");
    image::RgbImage::from_pixel(240, 180, image::Rgb([90, 140, 60]))
        .save(&photo)
        .expect("the photo is written");
    let app = city.app.clone();
    let address = serve(jianjia_web::site(app.clone())).await;
    with_browser_at("visit-left", address, |mut browser| async move {
        browser.patience = Duration::from_secs(30);
        browser.be_wide(375).await;
        let page = format!("/visits/{visit}");
        browser.sign_in("chen", PASSWORD).await;
        browser.open(&page).await;
        types(&browser, "Q3", "没来得及保存的话").await;
        browser.attach("photos-Q3", &photo).await;
        browser.sees("已存在本机，还没有作为一条记录保存。").await;
        let input = RemarkInput {
            id: app.entropy.id(app.now()).simple().to_string(),
            kind: "clause".to_owned(),
            clause: "Q3".to_owned(),
            seen: "holds".to_owned(),
            ..RemarkInput::default()
        };
        let noted = noting::note(&app, &second, &visit, &input, Vec::new()).await;
        noted.expect("noted");
        outcomes::conclude(&app, &second, &visit)
            .await
            .expect("concluded");
        browser.open(&page).await;
        browser.sees("检查已经办结，没有发送的不能再发").await;
        browser.sees("没有保存的草稿").await;
        browser.sees("没来得及保存的话").await;
        browser.picture("left").await;
        let buttons = "return [...document.querySelectorAll('#visit-entries button')].map((one) => one.textContent)";
        assert_eq!(
            browser.script(buttons, vec![]).await,
            json!(["复制文字", "保存第 1 张照片", "从本机删除"])
        );
        let remove = "[...document.querySelectorAll('#visit-entries button')].at(-1).click()";
        browser.script(remove, vec![]).await;
        browser.sees("删除以后找不回来，再按一次删除").await;
        browser.script(remove, vec![]).await;
        browser.does_not_see("没有保存的草稿").await;
        browser.open(&page).await;
        browser.sees("本机还没有记录").await;
    })
    .await;
}
