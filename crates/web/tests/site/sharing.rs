//! A published case of the union, one that waits at the township, a topic and a meeting of the district with the union's word and booking.

use std::collections::BTreeMap;

use jianjia_app::sharing::{case as cases, meeting as meetings, topic as topics};
use jianjia_domain::{
    core::{ids::CaseId, policy::Role},
    sharing::{case::CaseForm, meeting::MeetingForm, topic::TopicForm},
};

use super::{TestSite, records::photo};

pub const TITLE: &str = "班前五分钟";

pub fn form() -> CaseForm {
    CaseForm {
        title: TITLE.to_owned(),
        problem: "意见没有地方说。".to_owned(),
        method: "每天班前会留五分钟。".to_owned(),
        effect: "全年收到 216 条。".to_owned(),
        clauses: vec!["Q3".to_owned()],
        names_agreed: String::new(),
    }
}

/// A case of the union with a photo, that the township has.
pub async fn handed_in(site: &TestSite) -> CaseId {
    let (app, union) = (&site.app, &site.union);
    let held = [(Role::Chair, union)];
    let chair = site.city_of_tests.actor("陈主席", &held).await;
    let id = cases::begin(app, &chair, &union.id, &form(), (None, "")).await;
    let id = id.expect("a case");
    let words = ("班前会现场", "on");
    let added = cases::add_photo(app, &chair, &id, vec![photo()], words).await;
    added.expect("its photo");
    cases::hand_in(app, &chair, &id).await.expect("handed in");
    id
}

/// The same, published.
pub async fn published(site: &TestSite) -> CaseId {
    let (app, make) = (&site.app, &site.city_of_tests);
    let id = handed_in(site).await;
    for office in [&site.township, &site.district] {
        let officer = make.actor("审批", &[(Role::Approver, office)]).await;
        let done = cases::review(app, &officer, &id, ("recommend", "")).await;
        done.expect("recommended");
    }
    let leader = make.actor("市审批", &[(Role::Approver, &site.city)]).await;
    let chair = make.actor("陈主席", &[(Role::Chair, &site.union)]).await;
    let asked = cases::review(app, &leader, &id, ("ask", "")).await;
    asked.expect("asked");
    let agreed = cases::answer(app, &chair, &id, ("agree", 1, "")).await;
    agreed.expect("agreed");
    let published = cases::review(app, &leader, &id, ("publish", "")).await;
    published.expect("published");
    id
}

/// The ids by what the addresses call them.
pub async fn records(site: &TestSite) -> BTreeMap<&'static str, String> {
    let (app, make, union) = (&site.app, &site.city_of_tests, &site.union);
    let roles = [(Role::Approver, &site.district)];
    let officer = make.actor("区审批", &roles).await;
    let chair = make.actor("陈主席", &[(Role::Chair, union)]).await;
    let topic = TopicForm {
        title: "怎样让新职工愿意入会".to_owned(),
        question: "你们做了什么？".to_owned(),
        opens_on: "2016-10-20".to_owned(),
        closes_on: "2016-11-20".to_owned(),
        ..TopicForm::default()
    };
    let topic = topics::open(app, &officer, &site.district.id, &topic).await;
    let topic = topic.expect("a topic");
    let of = (&topic, &union.id);
    let said = topics::contribute(app, &chair, of, ("师傅带着入会", vec![photo()]), "").await;
    let meeting = MeetingForm {
        host: union.name.clone(),
        kind: "on-site".to_owned(),
        title: "班组小家现场会".to_owned(),
        agenda: "看班组小家。".to_owned(),
        place: "三楼".to_owned(),
        held_on: "2016-11-08".to_owned(),
        begins: "14:00".to_owned(),
        book_until: "2016-11-04".to_owned(),
        places: "4".to_owned(),
        ..MeetingForm::default()
    };
    let meeting = meetings::call(app, &officer, &site.district.id, &meeting).await;
    let meeting = meeting.expect("a meeting");
    let of = (&meeting, &union.id);
    let booked = meetings::book(app, &chair, of, "陈静").await;
    booked.expect("a place");
    let view = meetings::view(app, &chair, &meeting).await.expect("seen");
    BTreeMap::from([
        ("cases", handed_in(site).await.to_string()),
        ("{photo}", "1".to_owned()),
        ("topics", topic.to_string()),
        ("{contribution}", said.expect("said").to_string()),
        ("meetings", meeting.to_string()),
        ("{booking}", view.bookings[0].id.to_string()),
    ])
}
