//! What runs in the background, as people see it.

use axum::http::StatusCode;
use jianjia_app::{
    core::job::{
        Lane,
        worker::{Node, run_due_once},
    },
    exchange::import::job::LONG_FROM,
};
use jianjia_domain::core::policy::Role;

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
