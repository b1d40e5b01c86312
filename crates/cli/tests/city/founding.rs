//! The register is filled: divisions, unions, people; then everybody has an account.

use std::time::Instant;

use crate::{
    PASSWORD, Story,
    town::{DISTRICT, TOWNSHIP, counted},
};

/// The approver of the district: what to sign in with.
pub struct Newcomer {
    pub login: &'static str,
    pub once: String,
}

pub async fn an_administrator_fills_an_empty_register(story: &mut Story) {
    let browser = &story.browser;
    let once = story.instance.once[0].clone();
    browser.sign_in("admin", &once).await;
    choose_password(story, &once).await;
    browser.sees("admin，您好").await;
    browser.sees("新城市起步").await;
    browser.sees("2026 年到 2099 年").await;
    browser
        .sees("还没有：用表格导入，工会登记时才能填所在区划")
        .await;
    browser.picture("01-an-empty-city").await;
    import(story, "行政区划", "divisions.csv", 1_122).await;
    unions_come_in_though_their_node_is_killed(story).await;
    let unions = story.town.unions.len();
    let since = Instant::now();
    import(story, "工会干部", "people.csv", unions).await;
    story.times.took("people checked and imported", since);
    let browser = &story.browser;
    browser.open("/desk").await;
    let unions = counted(story.town.with_chair());
    browser.sees(&format!("已登记 {unions} 家工会")).await;
    browser.picture("04-a-filled-register").await;
}

/// Whoever comes with a one-time password is asked for one of their own before anything else.
pub async fn choose_password(story: &Story, once: &str) {
    let browser = &story.browser;
    browser.sees("请先换成只有自己知道的密码").await;
    browser.fill("原密码", once).await;
    browser.fill("新密码", PASSWORD).await;
    browser.fill("再输一次新密码", PASSWORD).await;
    browser.click("保存新密码").await;
    browser.sees("密码已经修改").await;
}

async fn upload(story: &Story, kind: &str, file: &str) {
    let browser = &story.browser;
    browser.open("/imports").await;
    browser.select("导入什么", kind).await;
    browser.attach_only(&story.instance.table_there(file)).await;
    browser.click("上传并核对").await;
    browser.sees("核对结果").await;
    browser.sees("每一行都能导入。名册还没有改").await;
}

async fn import(story: &Story, kind: &str, file: &str, rows: usize) {
    let browser = &story.browser;
    upload(story, kind, file).await;
    let rows = counted(rows);
    browser.sees(&format!("新登记 {rows}")).await;
    browser.click("确认导入").await;
    browser.sees(&format!("已导入 {rows} 行")).await;
    browser.sees("不能导入 0").await;
}

async fn unions_come_in_though_their_node_is_killed(story: &mut Story) {
    let since = Instant::now();
    upload(story, "工会", "unions.csv").await;
    story.times.took("unions read and checked", since);
    let (rows, browser) = (story.town.rows(), &story.browser);
    browser.sees(&format!("新登记 {}", counted(rows))).await;
    browser.picture("02-unions-checked").await;
    browser.click("确认导入").await;
    browser.sees("这张表正在导入").await;
    browser.sees("这一页每两秒自己刷新").await;
    browser.picture("03-unions-on-their-way").await;
    let (path, instance) = (browser.path().await, &mut story.instance);
    let running = "SELECT node FROM job WHERE kind = 'import' AND state = 'running'";
    instance.until(running, |found| found.len() == 1).await;
    instance.kill();
    let before = instance.asked(running).await;
    assert_eq!(before.len(), 1, "it was killed in the middle");
    let units = instance.asked("SELECT name FROM unit").await;
    assert_eq!(units, ["常州市总工会"], "nothing of it is there");

    // Another node takes it over once the lease of the first has run out.
    let since = Instant::now();
    instance.serve();
    story.browser.address.clone_from(&instance.address);
    let browser = &story.browser;
    browser.open(&path).await;
    let words = counted(rows);
    browser.sees(&format!("已导入 {words} 行")).await;
    story.times.took("unions taken over and imported", since);
    let done = "SELECT id FROM job WHERE kind = 'import' AND state = 'done' AND attempts = 2";
    let done = instance.asked(done).await;
    browser.open(&format!("/jobs/{}", done[0])).await;
    browser.sees("已办完").await;
    let units = instance.asked("SELECT name FROM unit").await;
    assert_eq!(units.len(), rows + 1, "each once, and the city");
    let lines = "SELECT account_name FROM audit WHERE act = 'confirm-import'";
    assert_eq!(instance.asked(lines).await, ["admin", "admin"]);
    browser.open("/units").await;
    browser.sees(&format!("共 {} 个", counted(rows + 1))).await;
}

/// One proposes, the other confirms; each has a half of the one-time password.
pub async fn two_administrators_make_an_approver(story: &mut Story) -> Newcomer {
    let table = format!(
        "姓名,所在工会,角色,手机,邮箱\n周敏,{TOWNSHIP}总工会,审核人,13900000001,zhou@example.org\n吴刚,{DISTRICT}总工会,审批人,13900000002,\n"
    );
    story.instance.table("accounts.csv", &table);
    upload(story, "账号", "accounts.csv").await;
    let browser = &story.browser;
    browser.sees("审批人（要另一位管理员确认）").await;
    browser.picture("05-accounts-checked").await;
    browser.click("确认导入").await;
    browser.sees("已导入账号：新登记 2 行，更新 0 行。").await;
    browser.open("/accounts").await;
    browser.sees("等另一位管理员确认").await;
    browser.unfold("一次性密码的前半").await;
    let first = secret(story).await;
    browser.does_not_see("确认办理").await;

    let once = story.instance.once[1].clone();
    browser.sign_in("second", &once).await;
    choose_password(story, &once).await;
    browser.open("/accounts").await;
    browser.sees("增加角色：审批人").await;
    browser.does_not_see("一次性密码的前半").await;
    browser.picture("06-to-be-confirmed").await;
    browser.click("确认办理").await;
    browser.sees("一次性密码的后半").await;
    let second = secret(story).await;
    Newcomer {
        login: "13900000002",
        once: format!("{first}-{second}"),
    }
}

async fn secret(story: &Story) -> String {
    let script = "return document.querySelector('.secret').innerText.trim()";
    let secret = story.browser.script(script, vec![]).await;
    secret.as_str().expect("a secret").to_owned()
}

pub async fn every_chair_gets_an_account_in_one_act(story: &mut Story) {
    let browser = &story.browser;
    browser.sign_in("admin", PASSWORD).await;
    browser.open("/invitations").await;
    browser.sees("未发邀请 1").await;
    let since = Instant::now();
    browser.click("按名册给主席建账号").await;
    story.times.took("preview of the accounts", since);
    let (all, named) = (story.town.with_chair(), story.town.unions.len());
    let made = counted(all);
    browser
        .sees(&format!(
            "名册里没有主席的工会：{} 个",
            counted(all - named)
        ))
        .await;
    browser
        .sees(&format!("只建名册里有主席的 {} 个", counted(named)))
        .await;
    browser.picture("07-accounts-to-be-made").await;
    let since = Instant::now();
    browser.click(&format!("建 {made} 个账号")).await;
    story.times.took("accounts made, and their list", since);
    browser
        .sees(&format!(
            "已经建好 {made} 个账号，还不能登录：请打印邀请单。"
        ))
        .await;
    browser
        .sees(&format!("未发邀请 {}", counted(all + 1)))
        .await;
    browser.picture("08-accounts-made").await;
    let since = Instant::now();
    browser.open("/invitations").await;
    story.times.took("list of a city's invitations", since);
    let without = "SELECT id FROM account WHERE password_hash = '' AND state = 'active'";
    let without = story.instance.asked(without).await;
    assert_eq!(without.len(), all + 1, "nobody has a password yet");
}
