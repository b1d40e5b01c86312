//! The big story in the real browser, on SQLite (the functions' own story runs on both engines): who signs in, what they see, press
//! and type, in Chinese, at the width of a phone and of a desk.

mod browser;
mod offered;

#[path = "browser/axe.rs"]
mod axe;
#[path = "browser/bad_input.rs"]
mod bad_input;
#[path = "browser/candidates.rs"]
mod candidates;
#[path = "browser/certificates.rs"]
mod certificates;
#[path = "browser/department.rs"]
mod department;
#[path = "browser/join.rs"]
mod join;
#[path = "browser/money.rs"]
mod money;
#[path = "browser/objection.rs"]
mod objection;
#[path = "browser/papers.rs"]
mod papers;
#[path = "browser/passkey.rs"]
mod passkey;
#[path = "browser/poll.rs"]
mod poll;
#[path = "browser/quota.rs"]
mod quota;
#[path = "browser/sharing.rs"]
mod sharing;
#[path = "browser/visit.rs"]
mod visit;
#[path = "browser/what_if.rs"]
mod what_if;

use std::path::PathBuf;

use browser::{Browser, with_browser};
use jianjia_app::round::{recommendation as recommendations, review as reviews};
use jianjia_demo::testing::{
    fixtures::Answers,
    story::{PASSWORD, Story, WELL_RATED, months},
};
use jianjia_domain::year::totals::RatingTotals;
use jianjia_store::testing;
use jiff::civil::date;
use serde_json::json;

const HENGFENG: &str = "常州恒丰纺织有限公司工会";
const CHENGUANG: &str = "常州晨光印刷有限公司工会";

#[tokio::test(flavor = "multi_thread")]
async fn browser_a_union_climbs_from_qualified_to_trusted() {
    let story = Story::begin(testing::sqlite().await).await;
    let app = story.city.app.clone();
    with_browser("story", app, |browser| async move {
        the_chair_confirms_completes_and_applies(&browser, &story).await;
        the_district_returns_it_and_names_it_model(&browser, &story).await;
        story.city.app.clock.set(date(2017, 10, 10));
        story.a_year_of_the_others().await;
        a_year_later_it_applies_for_trusted(&browser, &story).await;
        vetoes_bar_unions_and_chairs_but_not_workers(&browser, &story).await;
        the_district_recommends_within_its_quota(&browser, &story).await;
        the_city_names_it_and_everybody_can_look_it_up(&browser, &story).await;
    })
    .await;
}

async fn the_chair_confirms_completes_and_applies(browser: &Browser, story: &Story) {
    let union = format!("/units/{}", story.hengfeng.id);
    browser.sign_in("hengfeng_chair", PASSWORD).await;
    browser.sees("陈静，您好").await;
    browser.picture("01-chair-desk").await;
    browser.click("填年度情况").await;
    browser.sees("题有现成的答案").await;
    browser.picture("02-last-years-answers").await;
    browser.click("这些都没有变化，全部确认").await;
    browser.does_not_see("题有现成的答案").await;
    browser.picture("03-sheet-confirmed").await;
    browser.click("看看离目标还差什么").await;
    browser.sees("还差 12 名会员办卡").await;
    browser.sees("还差 1 次活动（2016年9月）").await;
    browser.sees("2 条还没有达到，1 条还没有填全。").await;
    browser.picture("04-what-is-missing").await;

    browser.click_in("main", "活动台账").await;
    browser.unfold("登记一次活动").await;
    browser.fill("哪一天", "2016-09-22").await;
    browser.choose("哪一类", "文体娱乐").await;
    browser.fill("活动名称", "迎国庆职工拔河比赛").await;
    browser.fill("参加人数", "86").await;
    browser
        .attach("照片或材料", &photo(story, "拔河.png"))
        .await;
    browser.picture("05-log-an-activity").await;
    browser.click("登记").await;
    browser.sees("迎国庆职工拔河比赛").await;
    browser.sees("拔河.png").await;
    browser.picture("06-activity-logged").await;

    browser.open(&format!("{union}/sheet/2016/service")).await;
    browser.fill("cards_issued-value", "166").await;
    browser.fill("cards_used-value", "158").await;
    browser.picture("07-cards").await;
    browser.click("保存，回到总表").await;

    // How a rating is held is a story of its own; here it was.
    let rated = RatingTotals::of(
        180,
        [
            ("satisfied", 120),
            ("basically_satisfied", 33),
            ("dissatisfied", 12),
            ("void", 3),
        ],
    );
    story.city.rated(&story.hengfeng, 2016, rated).await;
    browser.open(&format!("{union}/rating/2016")).await;
    browser.sees("(120 + 33) ÷ 165").await;
    browser.picture("08-rating").await;

    browser.open(&format!("{union}/home")).await;
    browser.sees("条件都达到了。").await;
    browser.picture("09-nothing-is-missing").await;
    browser.open(&format!("{union}/applications")).await;
    browser.picture("10-what-can-be-applied-for").await;
    browser.click("申报模范职工之家").await;
    browser
        .fill("事迹简介", "2016年我们建起了职工书屋，办了十二场活动。")
        .await;
    browser.click("保存草稿").await;
    browser.sees("可以提交").await;
    browser.picture("11-draft").await;
    browser.click("核对并提交").await;
    browser.sees("提交即声明").await;
    browser.click("提交申报").await;
    browser.sees("当前环节：兰陵街道总工会").await;
    browser.picture("12-applied").await;
}

async fn the_district_returns_it_and_names_it_model(browser: &Browser, story: &Story) {
    let app = &story.city.app;
    app.clock.set(date(2016, 10, 24));
    browser.sign_in("subdistrict_reviewer", PASSWORD).await;
    browser.picture("13-subdistrict-desk").await;
    browser.open("/reviews").await;
    browser.picture("14-queue").await;
    browser.click(HENGFENG).await;
    browser.fill("审核意见", "情况属实，同意上报。").await;
    // A term says that its day is the end of one.
    browser.sees("任期到 20").await;
    browser.picture("15-review-desk").await;
    browser.click("同意，报上一级").await;

    app.clock.set(date(2016, 11, 8));
    browser.sign_in("district_reviewer", PASSWORD).await;
    browser.open("/reviews").await;
    browser.click(HENGFENG).await;
    // It is met, so it is folded.
    browser.unfold("劳动竞赛和创新").await;
    // What was typed elsewhere on the page stays while another form is answered; Enter in the note rejects.
    browser.fill("写一条备注", "下周去厂里看看").await;
    browser.click("由我承办").await;
    browser.sees("已由您承办 1 份申报").await;
    assert_eq!(browser.value("写一条备注").await, "下周去厂里看看");
    browser.unfold("劳动竞赛和创新").await;
    browser
        .fill("note_M2a", "竞赛台账缺第三季度的记录。\u{e007}")
        .await;
    browser.sees("审核不认可：竞赛台账缺第三季度的记录。").await;
    browser.unfold("退回补正").await;
    browser
        .fill("reason_M2a", "请补第三季度劳动竞赛的记录。")
        .await;
    browser.fill("总的意见", "其余都好，补齐台账后再报。").await;
    browser.picture("16-return-with-reasons").await;
    browser.click_in("总的意见", "退回补正").await;
    browser.does_not_see("总的意见").await;

    app.clock.set(date(2016, 11, 12));
    browser.sign_in("hengfeng_chair", PASSWORD).await;
    browser.picture("17-chair-desk-returned").await;
    let union = format!("/units/{}", story.hengfeng.id);
    let for_fact = "/evidence?for=fact:contests_recorded&year=2016";
    browser.open(&format!("{union}{for_fact}")).await;
    browser
        .attach("上传新的", &photo(story, "第三季度台账.png"))
        .await;
    browser.click("上传").await;
    browser.sees("第三季度台账.png").await;
    browser.picture("18-evidence").await;
    story
        .city
        .activities(&story.hengfeng, &[date(2016, 10, 20)])
        .await;
    browser.open(&format!("{union}/applications")).await;
    browser.click("打开这份申报").await;
    browser.sees("请补第三季度劳动竞赛的记录。").await;
    browser.picture("19-returned").await;
    browser.click("核对并提交").await;
    // The second click of a double click does nothing more.
    browser
        .script(
            "const button = [...document.querySelectorAll('button')].find((one) => one.textContent === '提交申报'); button.click(); button.click();",
            vec![],
        )
        .await;
    browser.sees("更正后再次提交").await;
    browser.sees("当前环节：天宁区总工会").await;

    app.clock.set(date(2016, 11, 20));
    browser.sign_in("district_approver", PASSWORD).await;
    browser.open("/reviews").await;
    browser.click(HENGFENG).await;
    browser.sees("还达不到").await;
    browser.press_at("#c-M2a button[value=confirmed]").await;
    browser.sees("条件都达到").await;
    browser.fill("审核意见", "同意命名。").await;
    browser.picture("20-decision").await;
    browser.click("评定通过，授予称号").await;
    browser.open("/honours").await;
    browser.sees("常模范家〔2016〕1号").await;
    browser.picture("21-honours").await;
}

async fn a_year_later_it_applies_for_trusted(browser: &Browser, story: &Story) {
    // What it did meanwhile; only five members are missing.
    let mut answers: Answers = story.everything_good();
    answers.insert("members".to_owned(), json!(184));
    answers.insert("cards_issued".to_owned(), json!(175));
    answers.insert("cards_used".to_owned(), json!(170));
    let union = &story.hengfeng;
    story.city.said(union, None, 2017, &answers).await;
    story
        .city
        .activities(union, &months(date(2016, 11, 8), 12))
        .await;
    story.city.rated(union, 2017, WELL_RATED.clone()).await;
    candidates::file(story, &story.chenguang_chair_account, &story.chenguang).await;

    let address = format!("/units/{}", union.id);
    browser.sign_in("hengfeng_chair", PASSWORD).await;
    browser.click("看看还差什么").await;
    browser.sees("再发展 5 名会员").await;
    browser.picture("22-five-members-are-missing").await;
    browser.open(&format!("{address}/sheet/2017/basics")).await;
    browser.fill("members-value", "190").await;
    browser.click("保存，回到总表").await;
    browser.open(&format!("{address}/applications")).await;
    browser.click("申报信赖职工之家").await;
    browser.click("核对并提交").await;
    browser.sees("提交即声明").await;
    browser.click("提交申报").await;
    browser.sees("当前环节：兰陵街道总工会").await;

    // The subdistrict endorses both at once, after a look at what will happen.
    story.city.app.clock.set(date(2017, 10, 27));
    browser.sign_in("subdistrict_reviewer", PASSWORD).await;
    browser.open("/reviews?title=trusted-home").await;
    browser.fill("批量办理意见", "信赖之家同意上报。").await;
    // An opinion on one list is not put into another. (Whoever leaves a page with typed words is asked first; here nobody is.)
    let unasked =
        "addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true)";
    browser.script(unasked, vec![]).await;
    browser.open("/reviews").await;
    assert_eq!(browser.value("批量办理意见").await, "");
    browser.open("/reviews?title=trusted-home").await;
    assert_eq!(browser.value("批量办理意见").await, "信赖之家同意上报。");
    browser.open("/reviews").await;
    browser.tick(HENGFENG).await;
    browser.tick(CHENGUANG).await;
    browser.fill("批量办理意见", "情况属实，同意上报。").await;
    browser.click("预览：同意上报").await;
    browser.sees("可以办 2 份，0 份办不了。").await;
    browser.picture("23-preview-of-endorsements").await;
    browser.click("确认办理 2 份").await;
    browser.sees("已同意上报 2 份申报：").await;
}

async fn vetoes_bar_unions_and_chairs_but_not_workers(browser: &Browser, story: &Story) {
    browser.sign_in("district_reviewer", PASSWORD).await;
    browser.open("/vetoes/new").await;
    browser.fill("单位工会", "常州远东化工有限公司工会").await;
    browser.select("年度", "2017").await;
    browser.select("情形", "V1").await;
    browser
        .fill("来源", "天宁区人力资源和社会保障局监察决定")
        .await;
    browser.picture("24-record-a-veto").await;
    browser.click("下一步：看会影响什么").await;
    browser.sees("还没有登记。").await;
    browser.click("确认登记").await;
    browser.open("/vetoes").await;
    browser.sees("常州远东化工有限公司工会").await;
    browser.picture("25-vetoes").await;
    let source = "天宁区安全生产监督管理局通报";
    story.city.vetoed(&story.antai, 2017, "V9", source).await;

    browser.sign_in("yuandong_chair", PASSWORD).await;
    browser
        .open(&format!("/units/{}/applications", story.yuandong.id))
        .await;
    browser
        .sees("拖欠工资（V1，2017年度），到 2017年12月31日 为止。")
        .await;
    browser.does_not_see("申报信赖职工之家").await;
    browser.picture("26-vetoed-union").await;
    browser
        .open(&format!("/units/{}/home", story.yuandong.id))
        .await;
    browser
        .sees("本年度有“拖欠工资”的情形（V1），不得申报")
        .await;
    browser.picture("27-vetoed-home").await;

    browser.sign_in("antai_chair", PASSWORD).await;
    let applications = format!("/units/{}/applications", story.antai.id);
    browser.open(&applications).await;
    browser.select("选一位工会工作者", "王建国").await;
    browser.click("看能申报什么").await;
    browser
        .sees("安全事故超控制指标（V9，2017年度），到 2017年12月31日 为止。")
        .await;
    browser.does_not_see("申报职工最可信赖娘家人").await;
    browser.picture("28-vetoed-chair").await;
    browser.open(&applications).await;
    browser.select("选一位工会工作者", "李秀兰").await;
    browser.click("看能申报什么").await;
    browser.picture("29-worker-of-a-vetoed-unit").await;
    browser.click("申报职工最可信赖娘家人").await;
    browser.click("核对并提交").await;
    browser.sees("提交即声明").await;
    browser.click("提交申报").await;
    browser.sees("当前环节：兰陵街道总工会").await;
}

async fn the_district_recommends_within_its_quota(browser: &Browser, story: &Story) {
    story.city.app.clock.set(date(2017, 11, 15));
    browser.sign_in("city_approver", PASSWORD).await;
    browser.picture("30-city-desk").await;
    browser.open("/quotas/2017").await;
    browser.fill("天宁区总工会", "1").await;
    // The sums follow what is typed.
    browser.sees("信赖职工之家 1").await;
    browser.click("预览名额").await;
    browser.sees("合计从 0 个变为 1 个").await;
    browser.picture("30b-preview-of-quotas").await;
    browser.click("确认下达").await;
    browser.sees("共 1 个").await;
    browser.picture("31-quotas").await;

    browser.sign_in("district_approver", PASSWORD).await;
    browser.open("/recommendations/2017/trusted-home").await;
    browser
        .sees("名额 1 个，已推荐 0 个，还可推荐 1 个。")
        .await;
    // Enter in a rank saves the ranks.
    let rank = format!("{HENGFENG} 的名次");
    browser.fill(&rank, "1\u{e007}").await;
    browser.sees("个候选的名次已保存。").await;
    assert_eq!(browser.value(&rank).await, "1");
    // Confirming leads back to this list, refused or done.
    let confirm = "以本人名义认定勾选的申报里未核实的条目";
    browser.tick(HENGFENG).await;
    browser.unfold(confirm).await;
    browser.click_in(confirm, "办理预览").await;
    browser.sees("请写明理由").await;
    assert!(browser.is_ticked(HENGFENG).await);
    browser.fill("认定的理由", "实地看过，材料齐全。").await;
    browser.click_in(confirm, "办理预览").await;
    browser.sees("可以办 1 份").await;
    browser.click("确认办理 1 份").await;
    browser
        .sees("已以您的名义认定 1 份申报里未核实的条目")
        .await;
    let here = browser.path().await;
    assert!(
        here.starts_with("/recommendations/2017/trusted-home"),
        "{here}"
    );
    looked_through(story).await;
    browser.tick(HENGFENG).await;
    browser.tick(CHENGUANG).await;
    browser.click("推荐勾选的").await;
    browser.sees("这次选了 2 个，超出了名额").await;
    browser.picture("32-beyond-the-quota").await;
    assert!(
        browser.is_ticked(HENGFENG).await,
        "what was ticked stays so"
    );
    browser.untick(CHENGUANG).await;
    browser.click("推荐勾选的").await;
    browser
        .sees("名额 1 个，已推荐 1 个，还可推荐 0 个。")
        .await;
    browser.sees("已向市总工会推荐 1 个：").await;
    browser.picture("33-recommended").await;
    // Undoing asks first.
    browser.unfold(HENGFENG).await;
    browser.sees("它回到待推荐，空出 1 个名额").await;
    browser.click("撤销推荐").await;
    browser.sees("已撤销对“").await;
    browser.tick(HENGFENG).await;
    browser.click("推荐勾选的").await;
    browser
        .sees("名额 1 个，已推荐 1 个，还可推荐 0 个。")
        .await;
}

/// The district's reviewer has confirmed what the candidates claim.
async fn looked_through(story: &Story) {
    let app = &story.city.app;
    let district = story.district.id;
    let list = recommendations::list(
        app,
        &story.district_approver,
        2017,
        "trusted-home",
        Some(&district),
    )
    .await
    .expect("the list");
    for candidate in list.candidates {
        reviews::confirm_rest(
            app,
            &story.district_reviewer,
            &candidate.application.id,
            "材料齐全，已核对",
        )
        .await
        .expect("confirmed");
    }
}

async fn the_city_names_it_and_everybody_can_look_it_up(browser: &Browser, story: &Story) {
    story.city.app.clock.set(date(2018, 1, 15));
    browser.sign_in("city_approver", PASSWORD).await;
    browser.open("/namings/2017/trusted-home").await;
    // How far a candidate is looked at stands beside it.
    browser.sees("属实 ").await;
    browser.picture("34-candidates").await;
    browser.tick(HENGFENG).await;
    browser.click("预览命名").await;
    browser.sees("常信赖家〔2017〕1号").await;
    browser.fill("命名文件文号", "常工发〔2018〕3号").await;
    browser.picture("35-preview-of-the-naming").await;
    browser.click("确认命名这 1 个").await;
    browser.picture("36-named").await;

    browser.sign_in("hengfeng_chair", PASSWORD).await;
    browser.picture("37-chair-desk-trusted").await;
    browser
        .open(&format!("/units/{}/home", story.hengfeng.id))
        .await;
    browser.sees("已是最高一级，请继续保持").await;

    browser.sign_out().await;
    browser.open("/honours").await;
    browser.fill("名称、编号或姓名", "恒丰").await;
    browser.click("查找").await;
    browser.sees("常信赖家〔2017〕1号").await;
    browser.picture("38-public-roll").await;
    browser.open("/honours?title=outstanding-worker").await;
    browser.sees("李**").await;
    browser.does_not_see("李秀兰").await;
    browser.picture("39-masked-names").await;
    browser.open("/progress").await;
    browser.picture("40-progress").await;
    browser.sign_in("city_auditor", PASSWORD).await;
    browser.open("/audit").await;
    browser.picture("41-audit").await;
}

/// A photo in a file of this name; no two names have the same content.
fn photo(story: &Story, name: &str) -> PathBuf {
    let shade = name.bytes().fold(0_u8, u8::wrapping_add);
    let picture = image::RgbImage::from_pixel(64, 48, image::Rgb([shade, 90, 40]));
    let file = story.city.database.folder.path().join(name);
    picture.save(&file).expect("the photo is written");
    file
}
