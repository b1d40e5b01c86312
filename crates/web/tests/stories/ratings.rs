//! The members' rating as its union, its voters, its group and the union above meet it on pages.

mod refused;
mod second;

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use http_body_util::BodyExt;
use jianjia_domain::core::policy::Role;
use tower::ServiceExt;

use crate::site::{self, Client, Page, TestSite};

const PLAN: [(&str, &str); 12] = [
    ("roll", "12"),
    ("leader", "周建国"),
    ("leader", "李梅"),
    ("name", "张书记"),
    ("side", "party"),
    ("name", "王委员"),
    ("side", "union"),
    ("name", "赵师傅"),
    ("side", "members"),
    ("name", ""),
    ("side", ""),
    ("closes_on", "2016-10-28"),
];

/// A poll that is open: its chair, its address, the members' codes and the slips'.
struct Open {
    chair: Client,
    poll: String,
    members: Vec<String>,
    slips: Vec<String>,
}

fn rating(site: &TestSite) -> String {
    format!("/units/{}/rating/2016", site.union.id)
}

/// Texts between a mark and the next `<`.
fn between(page: &Page, mark: &str) -> Vec<String> {
    let pieces = page.body.split(mark).skip(1);
    pieces
        .map(|rest| rest.split('<').next().unwrap_or_default().to_owned())
        .collect()
}

/// The chair, the poll's address and the members' codes, before any slip is made.
async fn begun(site: &TestSite) -> (Client, String, Vec<String>) {
    let mut chair = site
        .sign_in_as("周建国", &[(Role::Chair, &site.union)])
        .await;
    let plan = format!("{}/plan", rating(site));
    let saved = chair.post_form(&plan, &PLAN).await;
    assert_eq!(saved.location(), rating(site), "{}", saved.text());
    let page = chair.get(&rating(site)).await;
    let (_, rest) = page
        .body
        .split_once("href=\"/polls/")
        .expect("the way to the working page");
    let poll = format!("/polls/{}", rest.split('"').next().unwrap_or_default());
    let papers = chair.post_form(&format!("{poll}/opening"), &[]).await;
    assert_eq!(papers.status, StatusCode::OK, "{}", papers.text());
    assert_eq!(papers.header("cache-control"), "no-store");
    let members = between(&papers, "strip-code\">");
    (chair, poll, members)
}

async fn opened(site: &TestSite) -> Open {
    let (mut chair, poll, members) = begun(site).await;
    let sheet = chair
        .post_form(&format!("{poll}/slips"), &[("number", "12")])
        .await;
    assert_eq!(sheet.header("cache-control"), "no-store");
    let slips = between(&sheet, "slip-code\">");
    assert_eq!((members.len(), slips.len()), (3, 12));
    Open {
        chair,
        poll,
        members,
        slips,
    }
}

#[tokio::test]
async fn slips_come_as_a_file_as_they_are_made_and_never_again() {
    for site in site::both().await {
        let (mut chair, poll, _) = begun(&site).await;
        let fields = [("number", "3"), ("as", "pdf")];
        let file = chair.post_form(&format!("{poll}/slips"), &fields).await;
        assert_eq!(file.status, StatusCode::OK, "{}", file.text());
        assert_eq!(file.header("content-type"), "application/pdf");
        assert_eq!(file.header("cache-control"), "no-store");
        assert!(file.bytes.starts_with(b"%PDF-"));
        let page = chair.get(&poll).await;
        assert!(page.text().contains("发出 3 张"), "{}", page.text());
        let again = chair.get(&format!("{poll}/papers/slips.pdf")).await;
        assert_eq!(again.status, StatusCode::NOT_FOUND);
        let list = chair.get(&format!("{poll}/papers/slip-list.docx")).await;
        assert!(list.bytes.starts_with(b"PK"));
    }
}

/// A phone: nobody's, which keeps nothing and says it comes from nowhere.
async fn phone(site: &TestSite, method: &str, path: &str, fields: &[(&str, &str)]) -> Page {
    let body = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", jianjia_web::visit::percent_encoded(value)))
        .collect::<Vec<_>>()
        .join("&");
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::HOST, "jianjia.test")
        .header(header::ORIGIN, "null")
        .header("sec-fetch-site", "cross-site")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::CONTENT_LENGTH, body.len())
        .body(Body::from(body))
        .unwrap();
    let response = site.web.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let page = Page {
        status: parts.status,
        headers: parts.headers,
        body: String::from_utf8_lossy(&bytes).into_owned(),
        bytes,
    };
    if !path.starts_with("/ratings") {
        let kept = (
            page.header("set-cookie"),
            page.header("referrer-policy"),
            page.header("cache-control"),
        );
        let nothing = (
            String::new(),
            "no-referrer".to_owned(),
            "no-store".to_owned(),
        );
        assert_eq!(kept, nothing, "{method} {path}");
        let scripts = page.body.matches("<script").count();
        let known = page.body.matches("/voting.js\" defer></script>").count();
        assert_eq!(scripts, known, "{method} {path}");
    }
    assert!(page.body.len() < 60_000, "{method} {path}");
    page
}

/// Votes as a phone does: scans, chooses, looks, submits.
async fn vote(site: &TestSite, slip: &str, grade: &str) -> Page {
    let code = slip.replace('-', "");
    let paper = phone(site, "GET", &format!("/v/{code}"), &[]).await;
    assert_eq!(paper.status, StatusCode::OK, "{}", paper.text());
    let (_, rest) = paper.body.split_once("name=\"poll\" value=\"").unwrap();
    let poll = rest.split('"').next().unwrap();
    let fields = [
        ("poll", poll),
        ("code", &code),
        ("object0", grade),
        ("object1", grade),
        ("object2", grade),
    ];
    let look = phone(site, "POST", "/v/confirm", &fields).await;
    assert!(
        look.text().contains("没有选，这一项算废票"),
        "{}",
        look.text()
    );
    assert!(!look.text().contains(slip), "no page shows slip and choice");
    phone(site, "POST", "/v/cast", &fields).await
}

/// What a member does at the desk.
async fn member(
    site: &TestSite,
    open: &Open,
    place: usize,
    act: &str,
    more: &[(&str, &str)],
) -> Page {
    let mut fields = vec![("code", open.members[place].as_str())];
    fields.extend(more);
    phone(site, "POST", &format!("{}/{act}", open.poll), &fields).await
}

#[tokio::test]
async fn an_unfinished_plan_is_kept_and_a_wrong_one_comes_back_with_what_was_typed() {
    for site in site::both().await {
        let mut chair = site
            .sign_in_as("周建国", &[(Role::Chair, &site.union)])
            .await;
        let path = format!("{}/plan", rating(&site));
        let wrong = [
            ("roll", "十二"),
            ("leader", "周建国"),
            ("name", "周建国"),
            ("side", "members"),
            ("closes_on", "2015-01-01"),
        ];
        let page = chair.post_form(&path, &wrong).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        let text = page.text();
        for sentence in [
            "请填 1 到 1000000 之间的整数。",
            "周建国 自己要接受测评，不能作为“会员代表”进工作小组。请换一位普通会员。",
            "请填投票的最后一天：不早于今天（2016-10-20），在 2016 年之内，例如 2016-10-27。",
        ] {
            assert_eq!(text.matches(sentence).count(), 2, "{sentence}: {text}");
        }
        for typed in [
            "value=\"十二\"",
            "name=\"leader\" value=\"周建国\"",
            "name=\"name\" value=\"周建国\"",
        ] {
            assert!(page.body.contains(typed), "{typed}");
        }
        let more = chair
            .post_form(&path, &[("leader", "李梅"), ("more", "leader")])
            .await;
        assert_eq!(more.status, StatusCode::OK);
        let kept = chair.post_form(&path, &[("roll", "60")]).await;
        assert_eq!(kept.location(), rating(&site));
        assert!(chair.get(&path).await.body.contains("value=\"60\""));
        // What is missing is said where voting would be opened, and nothing opens.
        let page = chair.get(&rating(&site)).await;
        let (_, rest) = page.body.split_once("href=\"/polls/").unwrap();
        let poll = format!("/polls/{}", rest.split('"').next().unwrap());
        let text = chair.get(&poll).await.text();
        assert!(
            text.contains("还不能开始：") && text.contains("请写上接受测评的主席"),
            "{text}"
        );
        let refused = chair.post_form(&format!("{poll}/opening"), &[]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn a_poll_is_held_on_pages_from_slips_to_signatures() {
    for site in site::both().await {
        let mut open = opened(&site).await;
        for (place, slip) in open.slips.iter().enumerate().take(7) {
            let grade = if place == 6 {
                "dissatisfied"
            } else {
                "satisfied"
            };
            let done = vote(&site, slip, grade).await;
            assert_eq!(
                (done.status, done.location().as_str()),
                (StatusCode::SEE_OTHER, "/v/thanks"),
                "{}",
                done.text()
            );
        }
        // One slip at the tablet.
        let kiosk = open.poll.replace("/polls", "/kiosk");
        let id = open.poll.replace("/polls/", "");
        assert_eq!(
            phone(&site, "GET", &kiosk, &[]).await.status,
            StatusCode::OK
        );
        // The paper in another language is all in that language, and says where to change it before what is to be chosen.
        let mut reader = site.visitor();
        let asked = [("code", open.slips[11].as_str()), ("language", "en")];
        let paper = reader.post_form("/v", &asked).await;
        let help = "ask the working group of your union";
        assert!(paper.body.contains(help), "{}", paper.body);
        assert!(!paper.body.contains("投票有困难"), "{}", paper.body);
        let (before, _) = paper.body.split_once("<fieldset").expect("the objects");
        assert!(before.contains("name=\"language\""), "{before}");
        let shared = phone(&site, "GET", &kiosk, &[]).await;
        assert!(!shared.body.contains("扫码打开的"), "nothing was scanned");
        assert!(
            phone(&site, "GET", "/v", &[])
                .await
                .body
                .contains("扫码打开的")
        );
        let fields = [
            ("kiosk", id.as_str()),
            ("poll", &id),
            ("code", &open.slips[7]),
        ];
        let done = phone(&site, "POST", "/v/cast", &fields).await;
        assert_eq!(done.location(), format!("{kiosk}/thanks"));
        let thanks = phone(&site, "GET", &done.location(), &[]).await;
        assert!(thanks.body.contains(&format!("content=\"8;url={kiosk}\"")));
        // While it is open nobody sees a result, and only the group sees how many voted.
        let result = format!("/ratings/{id}");
        assert_eq!(
            phone(&site, "GET", &result, &[]).await.status,
            StatusCode::NOT_FOUND
        );
        let work = open.chair.get(&open.poll).await;
        let text = work.text();
        assert!(text.contains("发出 12 张，其中作废 0 张"), "{text}");
        assert!(!text.contains("已用"), "{text}");
        assert!(work.body.len() < 60_000);
        // The steps count the slips that somebody can vote with.
        let spoiled = format!("{}/spoiled-slips", open.poll);
        let code = [("code", open.slips[10].as_str())];
        open.chair.post_form(&spoiled, &code).await;
        let steps = open.chair.get(&rating(&site)).await.text();
        assert!(steps.contains("已制 11 张（不含作废的）"), "{steps}");
        let mut above = site
            .sign_in_as("街道审核", &[(Role::Reviewer, &site.township)])
            .await;
        let seen = above.get(&rating(&site)).await;
        assert!(!seen.text().contains("已投"), "{}", seen.text());

        let closing = format!("{}/closing", open.poll);
        let refused = open.chair.post_form(&closing, &[]).await;
        assert!(
            refused.text().contains("请先在按钮上面的那句话前打勾"),
            "{}",
            refused.text()
        );
        let closed = open.chair.post_form(&closing, &[("sure", "yes")]).await;
        assert_eq!(closed.location(), open.poll);
        let late = phone(&site, "GET", &format!("/v/{}", open.slips[9]), &[]).await;
        assert!(late.text().contains("现在不是投票时间"), "{}", late.text());

        // Two paper ballots; the first entry of the second member differs in one object.
        let entry = |grade: &'static str| {
            vec![
                ("ballots", "2"),
                ("union-work/satisfied", "2"),
                (grade, "2"),
                ("leader:1/satisfied", "2"),
                ("leader:2/void", "2"),
            ]
        };
        let first = member(&site, &open, 0, "paper", &entry("home-building/satisfied")).await;
        assert!(
            first
                .text()
                .contains("张书记 已录入，等另一位成员独立再录一次。"),
            "{}",
            first.text()
        );
        let differing = member(&site, &open, 1, "paper", &entry("home-building/void")).await;
        let text = differing.text();
        assert!(text.contains("不一致的地方：\n职工之家建设"), "{text}");
        let early = member(&site, &open, 1, "box", &[("code/1", &open.members[0])]).await;
        assert!(
            early.text().contains("纸质票要由两位成员分别录入"),
            "{}",
            early.text()
        );
        let agreed = member(&site, &open, 1, "paper", &entry("home-building/satisfied")).await;
        assert!(
            agreed.text().contains("两位成员录入一致，可以开箱了。"),
            "{}",
            agreed.text()
        );

        let alone = member(&site, &open, 1, "box", &[("code/1", &open.members[1])]).await;
        assert!(
            alone.text().contains("两次是同一位成员"),
            "{}",
            alone.text()
        );
        let counted = member(&site, &open, 1, "box", &[("code/1", &open.members[0])]).await;
        assert!(
            counted.text().contains("票箱已经打开"),
            "{}",
            counted.text()
        );
        // A slip leads to the result now.
        let again = phone(&site, "GET", &format!("/v/{}", open.slips[0]), &[]).await;
        assert_eq!(again.location(), result);
        let page = phone(&site, "GET", &result, &[]).await;
        let text = page.text();
        assert!(text.contains("(8 + 0) ÷ 9 ≈ 88.88 %"), "{text}");
        assert!(text.contains("应投 12 人，收回 10 张，"), "{text}");
        assert!(text.contains("不四舍五入"), "{text}");
        // On paper only what an act has just said is left out, and not that the result counts.
        let style = jianjia_web::assets::address("style.css").to_owned();
        let style = site.visitor().get(&style).await.body;
        assert!(!page.body.contains("role=\"status\""), "{}", page.body);
        let (_, print) = style.split_once("@media print").expect("rules for paper");
        assert!(print.contains(".notice[role=\"status\"]"));
        assert!(!print.contains(".notice-done"));
        // Numbers of three digits stand within the columns of the roll.
        assert!(style.contains(".roll li::before { content: counter(roll)"));
        for place in [0, 2] {
            let signed = member(&site, &open, place, "signature", &[]).await;
            assert_eq!(signed.status, StatusCode::OK, "{}", signed.text());
        }
        let twice = member(&site, &open, 0, "signature", &[]).await;
        assert!(
            twice.text().contains("张书记 已经签过字了"),
            "{}",
            twice.text()
        );
        let file = phone(&site, "GET", &format!("{result}/recount.csv"), &[]).await;
        assert_eq!(file.body.matches("home-building,satisfied,").count(), 8);
        assert!(file.header("content-disposition").starts_with("attachment"));

        let own = open.chair.get(&rating(&site)).await;
        assert!(
            own.text().contains("今年的满意度\n(8 + 0) ÷ 9"),
            "{}",
            own.text()
        );
        let path = format!("{}/improvements", rating(&site));
        let wrong = open.chair.post_form(&path, &[("text", " ")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        open.chair
            .post_form(&path, &[("text", "食堂早点再早一点")])
            .await;
        let page = phone(&site, "GET", &result, &[]).await;
        assert!(
            page.text().contains("工会要改进的\n食堂早点再早一点"),
            "{}",
            page.text()
        );
        // A second poll that is planned takes nothing of the first away, and nothing that follows it is done.
        let plan = format!("{}/plan", rating(&site));
        open.chair.post_form(&plan, &PLAN).await;
        let page = open.chair.get(&rating(&site)).await;
        let link = format!("<a href=\"{result}\">看完整结果</a>");
        assert!(page.body.contains(&link), "{}", page.body);
        let last = "明年报告办得怎样。\n未开始";
        assert!(page.text().contains(last), "{}", page.text());
        let (_, rest) = page.body.split_once("href=\"/polls/").expect("the poll");
        let second = rest.split('"').next().unwrap_or_default();
        let abandonment = format!("/polls/{second}/abandonment");
        let because = [("reason", "不重办了")];
        open.chair.post_form(&abandonment, &because).await;
        // The union above may declare it void, with a reason.
        let annul = format!("{}/annulment", open.poll);
        let unit = site.union.id.to_string();
        let refused = above
            .post_form(&annul, &[("unit", &unit), ("year", "2016"), ("reason", "")])
            .await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text().contains("请写明原因：它会留在记录里。"),
            "{}",
            refused.text()
        );
        above
            .post_form(
                &annul,
                &[("unit", &unit), ("year", "2016"), ("reason", "有人代投")],
            )
            .await;
        assert_eq!(
            phone(&site, "GET", &result, &[]).await.status,
            StatusCode::NOT_FOUND
        );
        let text = open.chair.get(&rating(&site)).await.text();
        assert!(
            text.contains("2016 年还没有有效的测评") && text.contains("有人代投"),
            "{text}"
        );
        // An auditor reads all of it in words.
        let mut auditor = site
            .sign_in_as("周审计", &[(Role::Auditor, &site.city)])
            .await;
        let text = auditor.get("/audit").await.text();
        for words in ["开箱人：", "代表：党组织", "测评项目：工会工作", "基本满意"]
        {
            assert!(text.contains(words), "{words}: {text}");
        }
        let (_, table) = text.split_once("内容").expect("the table");
        let is_key = |word: &str| {
            word.contains(['_', '-'])
                && word
                    .bytes()
                    .all(|sign| sign.is_ascii_lowercase() || b"_-:".contains(&sign))
        };
        let words =
            table.split(|sign: char| sign.is_whitespace() || "：，、。；（）".contains(sign));
        let keys: Vec<&str> = words.filter(|word| is_key(word)).collect();
        assert_eq!(keys, Vec::<&str>::new());
    }
}
