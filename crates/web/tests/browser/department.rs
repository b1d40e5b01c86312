//! A department's list, from the sheet that comes back with typing errors to what its answers do to files under way: on a phone.

use std::path::PathBuf;

use jianjia_app::round::review::{self as reviews, OpinionInput};
use jianjia_demo::testing::story::{PASSWORD, Story};
use jianjia_documents::{
    sheet,
    workbook::{Cell, Column, Table, workbook},
};
use jianjia_domain::{
    core::{ids::ApplicationId, policy::Role},
    round::application::State,
};
use jianjia_store::{core::scope::Scope, round::department as departments};
use jiff::civil::date;

use crate::{
    CHENGUANG, HENGFENG,
    browser::{Browser, with_browser},
    candidates, photo,
};

const YUANDONG: &str = "常州远东化工有限公司工会";
const DESK: &str = "/departments/2017";

#[tokio::test(flavor = "multi_thread")]
async fn browser_a_department_s_sheet_with_typing_errors_an_entry_lifted_and_one_upheld() {
    let story = candidates::stage().await;
    let files = candidates::three_files(&story).await;
    answers_for_tax(&story).await;
    let app = story.city.app.clone();
    with_browser("department", app, |browser| async move {
        browser.be_wide(375).await;
        let sheet = the_city_sends_the_list(&browser).await;
        the_sheet_comes_back_twice(&browser, &story, &sheet).await;
        one_replies_with_evidence_and_it_is_lifted(&browser, &story).await;
        another_is_upheld(&browser, &story).await;
        its_file_stops_and_the_other_goes_on(&browser, &story, &files).await;
    })
    .await;
}

/// Somebody who answers for the tax office, on the web.
async fn answers_for_tax(story: &Story) {
    let roles = [(Role::Department, &story.federation)];
    let actor = story
        .city
        .account("tax_zhao", PASSWORD, "赵科长", None, &roles)
        .await;
    let app = &story.city.app;
    let mut tx = app.db.write(Scope::Accounts).await.expect("a transaction");
    departments::bind(&mut tx, &actor.account, "tax", app.now())
        .await
        .expect("bound");
    jianjia_demo::testing::keep(app, tx).await;
}

/// Sends the tax office its list, and gives the sheet that is downloaded for it.
async fn the_city_sends_the_list(browser: &Browser) -> Vec<u8> {
    browser.sign_in("city_approver", PASSWORD).await;
    browser.open(DESK).await;
    browser.click_in("市地方税务局", "发清单（3 家）").await;
    browser.sees("清单已发出").await;
    browser.picture_on_the_phone("01-sent").await;
    browser.download("main a[href$='/tax/sheet']").await
}

/// The table of the sheet, its lines changed as somebody does who fills it in by hand: by the name of the union, the cells by their headings.
fn filled(sheet: &[u8], typed: &[(&str, &[(&str, &str)])]) -> Vec<u8> {
    let found = sheet::read(sheet, "清单.xlsx").expect("a workbook");
    let is_heading = |cells: &[String]| cells.iter().any(|cell| cell.contains("单位工会"));
    let first = found.rows.iter().position(|row| is_heading(&row.cells));
    let first = first.expect("its headings");
    let headings = &found.rows[first].cells;
    let place = |of: &str| {
        let place = headings.iter().position(|cell| cell.starts_with(of));
        place.unwrap_or_else(|| panic!("a column {of}: {headings:?}"))
    };
    let mut rows = Vec::new();
    for row in &found.rows[first + 1..] {
        let mut cells = row.cells.clone();
        cells.resize(headings.len(), String::new());
        let name = cells[place("单位工会")].clone();
        let mine = typed.iter().find(|(union, _)| *union == name);
        for (heading, text) in mine.map_or(&[][..], |(_, typed)| *typed) {
            cells[place(heading)] = (*text).to_owned();
        }
        rows.push(cells.iter().map(|cell| Cell::from(cell.as_str())).collect());
    }
    assert_eq!(rows.len(), 3, "a line for each unit");
    let table = Table {
        name: "部门答复".to_owned(),
        columns: headings.iter().map(|one| Column::plain(one)).collect(),
        rows,
    };
    workbook(&[table], &[]).expect("a workbook")
}

/// What the department's clerk typed; `HENGFENG` and the clause of `CHENGUANG` as given.
fn answers<'a>(
    union: &'a [(&'a str, &'a str)],
    other: &'a [(&'a str, &'a str)],
) -> [(&'a str, &'a [(&'a str, &'a str)]); 3] {
    const CLEAR: &[(&str, &str)] = &[("答复", "无"), ("答复人", "赵科长")];
    [(HENGFENG, union), (CHENGUANG, other), (YUANDONG, CLEAR)]
}

async fn upload(browser: &Browser, story: &Story, name: &str, bytes: &[u8]) {
    let file: PathBuf = story.city.database.folder.path().join(name);
    std::fs::write(&file, bytes).expect("the sheet is written");
    browser.open("/imports").await;
    browser.select("导入什么", "部门答复").await;
    browser.select("为哪个工会导入", "常州市总工会").await;
    browser.attach("表格文件", &file).await;
    browser.click("上传并核对").await;
}

async fn the_sheet_comes_back_twice(browser: &Browser, story: &Story, sheet: &[u8]) {
    let state = [
        ("答复", "有"),
        ("情形", "V2 欠缴社会保险"),
        ("日期", "2017-05-03"),
        ("文号", "税稽〔2017〕12号"),
        ("答复人", "赵科长"),
    ];
    let mut misspelt = state.to_vec();
    misspelt.push(("单位工会", "常州恒峰纺织有限公司工会"));
    let mut no_clause = state.to_vec();
    no_clause[1].1 = "欠缴税款";
    let wrong = filled(sheet, &answers(&misspelt, &no_clause));
    upload(browser, story, "税务答复.xlsx", &wrong).await;
    browser
        .sees("有 2 行不能导入，所以整张表都还没有导入。")
        .await;
    // What was typed, what is near to it, and what there is to choose from.
    browser.sees("常州恒峰纺织有限公司工会").await;
    browser.sees(HENGFENG).await;
    browser.sees("没有“欠缴税款”这一项情形").await;
    browser.sees("V2 欠缴社会保险").await;
    browser.picture_on_the_phone("02-every-fate").await;
    browser.open(DESK).await;
    browser.sees("还没有部门答复“有”。").await;

    let right = filled(sheet, &answers(&state, &state));
    upload(browser, story, "税务答复（改）.xlsx", &right).await;
    browser.sees("每一行都能导入。").await;
    browser.picture_on_the_phone("03-all-right").await;
    browser.click("确认导入").await;
    browser
        .sees("已导入部门答复：新登记 3 行，更新 0 行。")
        .await;
    browser.open(DESK).await;
    browser.sees(HENGFENG).await;
    browser.sees("等单位说明").await;
    browser.does_not_see(YUANDONG).await;
    browser.picture_on_the_phone("04-entries").await;
}

/// The chair of a union opens the entry from the union's page and replies; gives its address.
async fn replies(browser: &Browser, chair: &str, union: &str, reply: &str) -> String {
    browser.sign_in(chair, PASSWORD).await;
    browser.open(&format!("/units/{union}/home")).await;
    browser.sees("有部门认定本单位有否决情形，请说明：").await;
    browser.press_at("#entries a").await;
    browser.sees("税稽〔2017〕12号").await;
    browser.fill("说明", reply).await;
    browser.path().await
}

async fn one_replies_with_evidence_and_it_is_lifted(browser: &Browser, story: &Story) {
    let union = story.hengfeng.id.to_string();
    let reply = "五月二十日已经补缴，缴款单附后。";
    let entry = replies(browser, "hengfeng_chair", &union, reply).await;
    browser.attach("材料", &photo(story, "缴款单.png")).await;
    browser.click("提交说明").await;
    browser.sees("说明已提交，部门和市总工会会核实。").await;
    browser.picture_on_the_phone("05-replied").await;

    // Who answers for the department has its one page, and reads the reply there with its evidence.
    browser.sign_in("tax_zhao", PASSWORD).await;
    browser.open("/department").await;
    browser.sees("无情形 1，有情形 2。").await;
    browser.picture_on_the_phone("06-the-department").await;
    browser.open(&entry).await;
    browser.sees(reply).await;
    let photo = browser.download("main a[href*='/evidence/']").await;
    assert!(image::load_from_memory(&photo).is_ok(), "the photo opens");
    browser.choose("维持还是解除", "解除：不作为否决情形").await;
    browser.click("决定，马上生效").await;
    browser.sees("没有写理由").await;
    browser.fill("理由", "核实已补缴。").await;
    browser.click("决定，马上生效").await;
    browser.sees("认定已解除，单位的申报照常办理。").await;
    browser.picture_on_the_phone("07-lifted").await;
}

async fn another_is_upheld(browser: &Browser, story: &Story) {
    let union = story.chenguang.id.to_string();
    let entry = replies(browser, "chenguang_chair", &union, "正在筹款补缴。").await;
    browser.click("提交说明").await;
    browser.sees("说明已提交").await;
    browser.sign_in("city_approver", PASSWORD).await;
    browser.open(&entry).await;
    browser.sees("维持会影响什么").await;
    browser.sees(&format!("{CHENGUANG}：信赖职工之家")).await;
    browser
        .choose("维持还是解除", "维持：作为否决情形登记")
        .await;
    browser.fill("理由", "与税务核对，仍有欠缴。").await;
    browser.picture_on_the_phone("08-before-it-is-upheld").await;
    browser.click("决定，马上生效").await;
    browser.sees("认定已维持，从现在起限制申报。").await;
}

async fn its_file_stops_and_the_other_goes_on(
    browser: &Browser,
    story: &Story,
    files: &[ApplicationId; 3],
) {
    let app = &story.city.app;
    app.clock.set(date(2017, 10, 27));
    browser.sign_in("subdistrict_reviewer", PASSWORD).await;
    browser
        .open(&format!("/applications/{}/review", files[1]))
        .await;
    browser.sees("因一票否决停办").await;
    browser.picture_on_the_phone("09-stopped").await;
    let stopped = candidates::read(story, &files[1]).await;
    let input = OpinionInput {
        opinion: "同意".to_owned(),
        expected: candidates::expected(story, &files[1]).await,
    };
    let refused = reviews::endorse(app, &story.subdistrict_reviewer, &files[1], &input).await;
    assert!(refused.is_err(), "a stopped file is handed on");
    assert_eq!(candidates::read(story, &files[1]).await, stopped);

    browser
        .open(&format!("/applications/{}/review", files[0]))
        .await;
    browser.does_not_see("因一票否决停办").await;
    browser.fill("审核意见", "情况属实，同意上报。").await;
    browser.click("同意，报上一级").await;
    let gone_on = candidates::read(story, &files[0]).await;
    assert_eq!(gone_on.state, State::UnderReview { step: 1 });
    browser.sign_in("chenguang_chair", PASSWORD).await;
    browser.open(&format!("/applications/{}", files[1])).await;
    browser.sees("解除以后从这一步接着办，不用重新申报。").await;
    browser.picture_on_the_phone("10-the-chair-reads-why").await;
}
