//! What was done to many at once is told with their names on the page that follows.

use jianjia_app::round::recommendation::{self as recommendations, PlaceInput};
use jianjia_demo::testing::{
    fixtures::yes_to_all,
    story::{GOOD_FIGURES, WELL_RATED, months},
};
use jianjia_domain::core::{
    place::{UnitKind, UnitPlace},
    policy::Role,
};
use jianjia_standard::kinds::HonourLevel;
use jiff::civil::date;

use crate::site::{self, Client, Page, TestSite};

/// A union that meets everything.
pub(super) async fn fit(site: &TestSite, name: &str) -> UnitPlace {
    let city = &site.city_of_tests;
    let union = city
        .unit(Some(&site.township), UnitKind::Grassroots, name)
        .await;
    let answers = yes_to_all(site.app.in_force(), "trusted-home", &GOOD_FIGURES);
    city.election(&union, date(2015, 3, 20), 5, "").await;
    city.said(&union, None, 2016, &answers).await;
    city.activities(&union, &months(date(2015, 10, 8), 13))
        .await;
    city.rated(&union, 2016, WELL_RATED.clone()).await;
    union
}

pub(super) async fn hand_in(site: &TestSite, union: &UnitPlace, title: &str) {
    let mut chair = site.sign_in_as(&union.name, &[(Role::Chair, union)]).await;
    let list = format!("/units/{}/applications", union.id);
    let key = |act: &str| format!("{act} {}", union.name);
    let (draft, submission) = (key("draft"), key("submission"));
    let form = [
        ("year", "2016"),
        ("title", title),
        ("request_key", draft.as_str()),
    ];
    let drafted = chair.post_form(&list, &form).await;
    let address = drafted.location();
    assert!(address.starts_with('/'), "{}", drafted.text());
    let form = [("revision", "1"), ("request_key", submission.as_str())];
    let sent = chair
        .post_form(&format!("{address}/submission"), &form)
        .await;
    assert_eq!(sent.location(), address, "{}", sent.text());
}

/// What fields of a name would send.
pub(super) fn values(body: &str, name: &str) -> Vec<String> {
    let inputs = body.split("<input ").skip(1);
    inputs
        .filter(|input| input.contains(&format!("name=\"{name}\"")))
        .filter_map(|input| input.split_once("value=\"")?.1.split('"').next())
        .map(str::to_owned)
        .collect()
}

/// What the page tells to which an answer leads.
pub(super) async fn told(client: &mut Client, answer: Page) -> String {
    assert!(answer.location().starts_with('/'), "{}", answer.text());
    let page = client.get(&answer.location()).await;
    let (_, notice) = page.body.split_once("role=\"status\">").expect("a notice");
    notice.split('<').next().unwrap_or_default().to_owned()
}

/// The names of a notice are some of these, each once, and all if there are no more than three.
fn check(notice: &str, before: &str, after: &str, of: &[&str]) {
    let names = notice.strip_prefix(before);
    let names = names.and_then(|rest| rest.strip_suffix(after));
    let names = names.unwrap_or_else(|| panic!("{before}…{after}: {notice}"));
    let first = names.strip_suffix('等');
    assert_eq!(first.is_some(), of.len() > 3, "{notice}");
    let mut names: Vec<&str> = first.unwrap_or(names).split('、').collect();
    assert_eq!(names.len(), of.len().min(3), "{notice}");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), of.len().min(3), "{notice}");
    assert!(names.iter().all(|name| of.contains(name)), "{notice}");
}

/// Acts on everything of a list of the queue.
pub(super) async fn on_all(client: &mut Client, list: &str, act: &str) -> String {
    let chosen = values(&client.get(list).await.body, "chosen");
    let mut form: Vec<(&str, &str)> = chosen.iter().map(|value| ("chosen", &**value)).collect();
    let key = format!("{act} {list}");
    let back = list.split_once('?').map_or("", |(_, back)| back);
    form.extend([
        ("act", act),
        ("opinion", "台账齐全，已核对"),
        ("back", back),
    ]);
    form.push(("request_key", &key));
    let done = client.post_form("/reviews/bulk", &form).await;
    told(client, done).await
}

#[tokio::test]
async fn after_endorsing_deciding_recommending_and_naming_many_their_names_stand_on_the_page() {
    const TRUSTED: [&str; 4] = ["恒源厂工会", "诚源厂工会", "晨光厂工会", "远东厂工会"];
    const QUALIFIED: [&str; 2] = ["安泰厂工会", "永宁厂工会"];
    let all = [&TRUSTED[..], &QUALIFIED[..]].concat();
    for site in site::both().await {
        for name in TRUSTED {
            let union = fit(&site, name).await;
            let (title, level) = ("model-home", HonourLevel::County);
            let city = &site.city_of_tests;
            city.holds(&union, None, title, 2016, level).await;
            hand_in(&site, &union, "trusted-home").await;
        }
        for name in QUALIFIED {
            let union = fit(&site, name).await;
            hand_in(&site, &union, "qualified-home").await;
        }
        let mut township = site
            .sign_in_as("街道小李", &[(Role::Reviewer, &site.township)])
            .await;
        let notice = on_all(&mut township, "/reviews", "endorse").await;
        check(&notice, "已同意上报 6 份申报：", "。 ", &all);
        site.app.clock.set(date(2016, 11, 7));
        let mut district = site
            .sign_in_as("区审批", &[(Role::Approver, &site.district)])
            .await;
        let notice = on_all(&mut district, "/reviews", "confirm").await;
        let before = "已以您的名义认定 6 份申报里未核实的条目：";
        check(&notice, before, "。 ", &all);
        let notice = on_all(&mut district, "/reviews?title=qualified-home", "decide").await;
        check(&notice, "已评定 2 份申报：", "。 ", &QUALIFIED);

        let city = [(Role::Approver, &site.city)];
        let leader = site.city_of_tests.actor("钱主任", &city).await;
        let places = PlaceInput {
            federation: site.district.id,
            title: "trusted-home".to_owned(),
            seen: 0,
            places: "9".to_owned(),
        };
        recommendations::set_places(&site.app, &leader, 2016, &[places])
            .await
            .unwrap();
        let list = "/recommendations/2016/trusted-home";
        let chosen = values(&district.get(list).await.body, "chosen");
        let federation = site.district.id.to_string();
        let mut form: Vec<(&str, &str)> = chosen.iter().map(|value| ("chosen", &**value)).collect();
        form.extend([("federation", &*federation), ("request_key", "r")]);
        let done = district
            .post_form(&format!("{list}/recommendation"), &form)
            .await;
        let notice = told(&mut district, done).await;
        check(&notice, "已向市总工会推荐 4 个：", "。", &TRUSTED);

        site.app.clock.set(date(2017, 3, 1));
        let mut leader = site.client_of(&leader).await;
        let list = "/namings/2016/trusted-home";
        let ended = name_three(&mut leader, list, &TRUSTED).await;
        let named: Vec<&str> = TRUSTED.into_iter().filter(|name| *name != ended).collect();
        let batch = leader.get(list).await;
        let (_, batch) = batch.body.split_once("/honours/batches/").expect("a batch");
        let batch = format!(
            "/honours/batches/{}",
            batch.split('"').next().unwrap_or_default()
        );
        let asked = leader.get(&format!("{batch}/withdrawal")).await;
        let seen = values(&asked.body, "seen");
        let mut form: Vec<(&str, &str)> = seen.iter().map(|value| ("seen", &**value)).collect();
        form.push(("reason", "文件作废"));
        let done = leader.post_form(&batch, &form).await;
        let notice = told(&mut leader, done).await;
        let after = "。每个称号的经过里都有记录。";
        check(&notice, "已收回 3 个称号：", after, &named);
    }
}

/// Ends one of four candidates without naming it, and names the others. Gives the name of that one.
async fn name_three(leader: &mut Client, list: &str, of: &[&str]) -> String {
    let candidates = values(&leader.get(list).await.body, "application");
    assert_eq!(candidates.len(), 4);
    let preview = format!("{list}/preview");
    let form = [("application", &*candidates[0]), ("act", "reject")];
    let page = leader.post_form(&preview, &form).await;
    let token = values(&page.body, "application");
    let form = [
        ("application", &*token[0]),
        ("reason", "名额有限"),
        ("request_key", "e"),
    ];
    let mut twice = Vec::new();
    for _ in 0..2 {
        let done = leader.post_form(&format!("{list}/rejection"), &form).await;
        twice.push(told(leader, done).await);
    }
    let after = "。理由已告知申报单位。";
    let (before, notice) = ("已办结 1 份申报，不予命名：", &twice[0]);
    let name = notice
        .strip_prefix(before)
        .and_then(|rest| rest.strip_suffix(after));
    assert!(name.is_some_and(|name| of.contains(&name)), "{notice}");
    assert_eq!(twice[0], twice[1], "a second click is told alike");
    let ended = name.unwrap_or_default().to_owned();

    let mut form: Vec<(&str, &str)> = candidates[1..]
        .iter()
        .map(|value| ("application", &**value))
        .collect();
    form.push(("act", "name"));
    let page = leader.post_form(&preview, &form).await;
    // Names and numbers as the preview shows them.
    let rows = page.body.split("<tr><th scope=\"row\">").skip(1);
    let mut shown: Vec<(&str, &str)> = rows
        .map(|row| {
            let (_, number) = row.split_once("</span> ").expect("a number");
            let name = row.split('<').next().unwrap_or_default();
            (number.split('<').next().unwrap_or_default(), name)
        })
        .collect();
    shown.sort_unstable();
    let names: Vec<&str> = shown.iter().map(|(_, name)| *name).collect();
    let seen = values(&page.body, "seen");
    let mut form: Vec<(&str, &str)> = seen.iter().map(|value| ("seen", &**value)).collect();
    form.extend([
        ("document_number", "常工发〔2017〕5号"),
        ("request_key", "n"),
    ]);
    for _ in 0..2 {
        let done = leader
            .post_form(&format!("{list}/confirmation"), &form)
            .await;
        let notice = told(leader, done).await;
        let expect = format!(
            "已命名 3 个信赖职工之家：{}。称号已生效并编号，申报单位马上看得到。 ",
            names.join("、")
        );
        assert_eq!(notice, expect);
    }
    ended
}
