//! A file: handed in on a telephone, returned by the township, heard of in the inbox and in the mailbox.

use jianjia_app::core::clock::Clock;

use crate::{
    PASSWORD, Story,
    chairs::{self, Phone, fits},
    office::REVIEWER,
    outside::Received,
    running::{ADDRESS, BETWEEN, PATIENCE},
    sheet::Sheet,
};

/// What makes a qualified home, as a table of year sheets has it.
const MET: [&str; 10] = [
    "主席依法选举",
    "骨干队伍",
    "工会委员会",
    "经费审查委员会",
    "女职工委员会",
    "制度健全",
    "独立账户",
    "经费自主管理",
    "经费用于职工",
    "会员满意",
];

/// Where the chair gets mail.
const MAILBOX: &str = "chair@example.org";

/// On the telephone, as it is.
pub async fn log_an_activity(story: &Story, unit: &str) {
    let browser = &story.browser;
    browser.open(&format!("/units/{unit}/activities")).await;
    let today = Clock::Real.today().to_string();
    browser.fill("哪一天", &today).await;
    browser.choose("哪一类", "文体娱乐").await;
    browser.fill("活动名称", "职工拔河比赛").await;
    browser.fill("参加人数", "86").await;
    browser.click("登记").await;
    browser.sees("活动已登记。").await;
    browser.sees("职工拔河比赛").await;
    fits(story).await;
}

pub async fn a_file_is_handed_in_and_returned(story: &mut Story, sheet: &Sheet, phone: &Phone) {
    let (browser, instance) = (&story.browser, &story.instance);
    let year = Clock::Real.today().year();
    let table = format!(
        "工会名称,年度,{},职工人数,会员人数,已办工会卡,在用工会卡\n{},{year},{},200,180,170,160\n",
        MET.join(","),
        sheet.union,
        MET.map(|_| "是").join(",")
    );
    let table = instance.table("sheets.csv", &table);
    browser.sign_in("admin", PASSWORD).await;
    browser.open("/imports").await;
    browser.select("导入什么", "年度表").await;
    browser.attach_only(&table).await;
    browser.click("上传并核对").await;
    browser.click("确认导入").await;
    browser.sees("已导入年度表：新登记 1 行，更新 0 行。").await;

    let id = instance.id_of(&sheet.union).await;
    chairs::on(story, phone).await;
    browser.open("/accounts/post").await;
    browser.fill("电子邮箱", MAILBOX).await;
    browser.fill("您的密码", PASSWORD).await;
    browser.click("保存").await;
    browser.sees("已保存。").await;
    fits(story).await;
    log_an_activity(story, &id).await;
    browser.open(&format!("/units/{id}/applications")).await;
    browser.sees("条件都达到了。").await;
    fits(story).await;
    browser.click("申报合格职工之家").await;
    browser.sees("草稿已建立，核对以后再提交。").await;
    browser.click("核对并提交").await;
    browser.sees("提交即声明").await;
    fits(story).await;
    browser.click("提交申报").await;
    browser.sees("当前环节：红梅街道总工会").await;
    browser.sees(&format!("{year}-00001")).await;
    chairs::picture(story, "18-handed-in").await;
    chairs::down(story).await;

    browser.sign_in(REVIEWER, PASSWORD).await;
    browser.sees("1 份申报等待审核").await;
    browser.open("/reviews").await;
    browser.click(&sheet.union).await;
    browser.unfold("退回补正").await;
    browser.fill("reason_Q4", "请附上会议制度。").await;
    browser.fill("总的意见", "其余都好。").await;
    browser.picture("19-to-be-returned").await;
    browser.click_in("总的意见", "退回补正").await;
    let told = format!("“{}”的申报已退回补正，1 条理由对方都会看到。", sheet.union);
    browser.sees(&told).await;
}

pub async fn the_chair_hears_of_it(story: &mut Story, sheet: &Sheet, phone: &Phone) {
    let (browser, instance) = (&story.browser, &story.instance);
    let heard = format!(
        "{}申报合格职工之家，被红梅街道总工会退回补正。",
        sheet.union
    );
    chairs::on(story, phone).await;
    browser.open("/desk").await;
    assert_eq!(unread(story).await, "1 条未读");
    fits(story).await;
    browser.open("/messages").await;
    browser.sees(&heard).await;
    browser.sees("共 1 条消息").await;
    browser.sees("请附上会议制度。").await;
    chairs::picture(story, "20-heard-in-the-inbox").await;

    assert_eq!(letters(story).len(), 0, "it waits for others");
    instance.a_while_passes().await;
    let begun = std::time::Instant::now();
    while letters(story).is_empty() {
        assert!(begun.elapsed() < PATIENCE, "no letter came");
        tokio::time::sleep(BETWEEN).await;
    }
    let letter = letters(story).remove(0);
    assert_eq!(letter.from, "常州市总工会 <jianjia@example.org>");
    assert_eq!(letter.subject, "申报被退回补正");
    for words in [heard.as_str(), "请附上会议制度。", "前改正后重新提交。"] {
        assert!(letter.text.contains(words), "{words}: {}", letter.text);
    }
    let link = format!("{ADDRESS}/messages/");
    let (_, id) = letter.text.split_once(&link).expect("a link");
    let id = id.split_whitespace().next().expect("a message");
    browser.open(&format!("/messages/{id}")).await;
    browser
        .sees("已退回补正：请按下面的理由改好，再次提交")
        .await;
    assert_eq!(unread(story).await, "", "who followed the link has read it");
    chairs::picture(story, "21-the-letter-leads-to-the-file").await;
    chairs::down(story).await;

    // However often the job runs, it was told once.
    instance.a_while_passes().await;
    instance.a_while_passes().await;
    assert_eq!(letters(story).len(), 1);
}

/// What came into the chair's mailbox; the township's reviewer gets letters too.
fn letters(story: &Story) -> Vec<Received> {
    let mail = &story.instance.mail;
    let letters = mail.letters().into_iter().map(|name| mail.read(&name));
    letters.filter(|letter| letter.to == MAILBOX).collect()
}

/// What the menu says of messages.
async fn unread(story: &Story) -> String {
    let script = "return (document.querySelector('.menu-count')?.textContent ?? '').trim()";
    let count = story.browser.script(script, vec![]).await;
    count.as_str().expect("words").to_owned()
}
