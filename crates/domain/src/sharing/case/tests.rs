use jianjia_standard::Lang;
use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::core::{
    policy::{Permitted, any_permit},
    refusal::{Refusal, Refuse},
};

fn place(number: u128, kind: UnitKind, path: &str) -> UnitPlace {
    UnitPlace {
        id: UnitId(Uuid::from_u128(number)),
        kind,
        name: format!("{number} 号工会"),
        path: path.to_owned(),
    }
}

fn above() -> Vec<UnitPlace> {
    vec![
        place(4, UnitKind::Village, "/1/2/3/4/"),
        place(3, UnitKind::Township, "/1/2/3/"),
        place(2, UnitKind::District, "/1/2/"),
        place(1, UnitKind::City, "/1/"),
    ]
}

fn case(state: CaseState) -> Case {
    Case {
        id: CaseId(Uuid::from_u128(7)),
        unit: UnitId(Uuid::from_u128(1)),
        unit_path: "/1/2/3/4/5/".to_owned(),
        unit_name: "某厂工会".to_owned(),
        unit_kind: UnitKind::Grassroots,
        size: Some(1),
        industry: None,
        year: 2016,
        application: None,
        state,
        at: None,
        text: 1,
        fixed: 0,
        agreed: 0,
        title: "班前会".to_owned(),
        published_on: None,
        since_at: Timestamp::UNIX_EPOCH,
        created_by: AccountId(Uuid::from_u128(8)),
        created_at: Timestamp::UNIX_EPOCH,
        revision: 1,
    }
}

/// A permit of whoever acts at the unit with this number.
fn at<A: Permitted>(act: A, number: u128) -> Permit<A> {
    let mut permit = any_permit(act);
    permit.as_role.unit = place(number, UnitKind::District, "");
    permit
}

fn key<T: std::fmt::Debug>(answer: Result<T, impl Into<Refusal>>) -> &'static str {
    match answer.unwrap_err().into() {
        Refusal::Fields(fields) => fields[0].1.key(),
        refusal => refusal.key(),
    }
}

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

#[test]
fn it_goes_up_level_by_level_to_the_city_which_edits_it() {
    let levels = levels(&above());
    let names: Vec<&UnitKind> = levels.iter().map(|level| &level.kind).collect();
    assert_eq!(
        names,
        [&UnitKind::Township, &UnitKind::District, &UnitKind::City]
    );
    let own = any_permit(act::AnswerForCase);
    let handed = hand_in(case(CaseState::Draft), &own, &levels, NOW).unwrap();
    assert_eq!((handed.state, handed.fixed), (CaseState::Recommended, 1));
    assert_eq!(
        handed.at.as_ref().map(|at| at.kind),
        Some(UnitKind::Township)
    );
    let other = recommend(handed.clone(), &at(act::RecommendCase, 2), &levels, NOW);
    assert_eq!(key(other), "case/not-your-turn");
    let up = recommend(handed, &at(act::RecommendCase, 3), &levels, NOW).unwrap();
    assert_eq!(up.at.as_ref().map(|at| at.kind), Some(UnitKind::District));
    let up = recommend(up, &at(act::RecommendCase, 2), &levels, NOW).unwrap();
    assert_eq!(up.state, CaseState::Editing);
    let beyond = recommend(up.clone(), &at(act::RecommendCase, 1), &levels, NOW);
    assert_eq!(key(beyond), "case/wrong-state");
    let back = send_back(up.clone(), &at(act::RecommendCase, 1), " ", NOW);
    assert_eq!(key(back), "case/no-reason");
    let (back, why) = send_back(up, &at(act::RecommendCase, 1), "补数字", NOW).unwrap();
    assert_eq!((back.state, why.as_str()), (CaseState::Returned, "补数字"));
    // What was recommended stays as it was: the union writes another text.
    assert_eq!(next_text(&back), 2);
    let nobody = hand_in(case(CaseState::Draft), &own, &[], NOW);
    assert_eq!(key(nobody), "case/nobody-above");
}

#[test]
fn nothing_is_published_but_the_text_that_the_union_agreed_to() {
    let (editor, union) = (any_permit(act::EditCase), any_permit(act::AnswerForCase));
    let publisher = any_permit(act::PublishCase);
    let today = date(2016, 11, 1);
    for state in CaseState::ALL {
        if state != CaseState::Agreed {
            let early = publish(case(state), &publisher, today, NOW);
            assert_eq!(key(early), "case/wrong-state", "{state}");
        }
    }
    let mut edited = case(CaseState::Editing);
    (edited.text, edited.fixed) = (2, 1);
    let asked = ask(edited, &editor, NOW).unwrap();
    assert_eq!((asked.state, asked.fixed), (CaseState::Asked, 2));
    let other = agree(asked.clone(), &union, 1, NOW);
    assert_eq!(key(other), "case/other-text");
    let (declined, _) = decline(asked.clone(), &union, "删了关键一步", NOW).unwrap();
    assert_eq!(key(ask(declined.clone(), &editor, NOW)), "case/same-again");
    assert_eq!(next_text(&declined), 3);
    let agreed = agree(asked, &union, 2, NOW).unwrap();
    assert_eq!(agreed.shown(), None);
    // Whoever wrote on it after the consent would have to ask again.
    let later = Case {
        text: 3,
        ..agreed.clone()
    };
    assert_eq!(
        key(publish(later, &publisher, today, NOW)),
        "case/no-consent"
    );
    let published = publish(agreed, &publisher, today, NOW).unwrap();
    assert_eq!(published.shown(), Some(2));
    let gone = take_back(published.clone(), &union, NOW).unwrap();
    assert_eq!((gone.state, gone.shown()), (CaseState::TakenDown, None));
    assert_eq!(key(take_back(gone, &union, NOW)), "case/wrong-state");
    let silent = take_down(published, &publisher, "", NOW);
    assert_eq!(key(silent), "case/no-reason");
}

#[test]
fn why_a_text_is_not_in_one_s_hands_is_told_by_side_and_state() {
    let (union, city) = (any_permit(act::WriteCase), any_permit(act::EditCase));
    let writable = |state: CaseState| may_write(&case(state), &union).is_ok();
    let editable = |state: CaseState| may_edit(&case(state), &city).is_ok();
    for state in CaseState::ALL {
        assert_eq!(writable(state), state.is_with_union(), "{state}");
        assert_eq!(editable(state), state.is_with_editors(), "{state}");
    }
    let told = |state: CaseState, at: Option<UnitPlace>| {
        let case = Case { at, ..case(state) };
        let sentences = [may_write(&case, &union).err(), may_edit(&case, &city).err()];
        sentences.map(|refusal| refusal.map(|one| one.sentence(Lang::Zh)))
    };
    let township = place(3, UnitKind::Township, "/1/2/3/");
    let on_its_way = told(CaseState::Recommended, Some(township));
    assert_eq!(
        on_its_way,
        [
            "案例已经报送，现在由3 号工会办理，报送单位不能改。要改的，请联系3 号工会退回修改。",
            "案例还没有报到市总工会，现在由3 号工会办理，所以不能编辑。请等3 号工会推荐上来，或者联系它。",
        ]
        .map(|sentence| Some(sentence.to_owned()))
    );
    let [_, returned] = told(CaseState::Returned, None);
    assert_eq!(
        returned.as_deref(),
        Some("案例在报送单位手里，还没有报到市总工会，所以不能编辑。请等它报送、逐级推荐上来。")
    );
}

fn form() -> CaseForm {
    CaseForm {
        title: "班前五分钟，收齐小建议".to_owned(),
        problem: "职工提意见没有地方说。".to_owned(),
        method: "每天班前会留五分钟。".to_owned(),
        effect: "全年收到 216 条，办结 198 条。".to_owned(),
        clauses: vec!["M1b".to_owned()],
        names_agreed: String::new(),
    }
}

fn refused(form: &CaseForm, people: &[&str]) -> Vec<(String, &'static str)> {
    let known = ["M1a", "M1b", "M1c", "M1d", "M1e", "M2a"].map(str::to_owned);
    let people: Vec<String> = people.iter().map(|name| (*name).to_owned()).collect();
    match read(form, &known, &people) {
        Ok(_) => Vec::new(),
        Err(Refusal::Fields(fields)) => fields
            .iter()
            .map(|(field, refusal)| (field.clone(), refusal.key()))
            .collect(),
        Err(refusal) => panic!("{refusal:?}"),
    }
}

#[test]
fn a_text_says_what_how_and_with_which_effect() {
    assert_eq!(refused(&form(), &["王建国"]), []);
    let empty = refused(&CaseForm::default(), &[]);
    let keys: Vec<&str> = empty.iter().map(|(_, key)| *key).collect();
    assert_eq!(
        keys,
        [
            "case/no-title",
            "case/no-problem",
            "case/no-method",
            "case/no-effect",
            "case/no-clause"
        ]
    );
    let mut all = form();
    all.clauses = ["M1a", "M1b", "M1c", "M1d", "M1e", "M2a"]
        .map(str::to_owned)
        .into();
    assert_eq!(
        refused(&all, &[]),
        [("clauses".to_owned(), "case/too-many-clauses")]
    );
    let mut unknown = form();
    unknown.clauses = vec!["X9".to_owned()];
    assert_eq!(
        refused(&unknown, &[]),
        [("clauses".to_owned(), "case/no-clause")]
    );
}

#[test]
fn numbers_and_names_of_people_are_refused_by_name() {
    let mut with_number = form();
    with_number.method = "有事打 13812345678。".to_owned();
    let known = ["M1b".to_owned()];
    let told = read(&with_number, &known, &[]).unwrap_err();
    assert_eq!(
        told.sentence(jianjia_standard::Lang::Zh),
        "这里有电话号码 13812345678。案例是公开的，不能写个人号码，用星号遮住几位也不行；请整个删去后再保存。"
    );
    let mut named = form();
    named.effect = "王建国提的建议得了奖。".to_owned();
    assert_eq!(
        refused(&named, &["王建国", "李"]),
        [("names_agreed".to_owned(), "case/names-without-consent")]
    );
    named.names_agreed = "on".to_owned();
    assert_eq!(refused(&named, &["王建国"]), []);
}

#[test]
fn a_photo_needs_words_and_the_consent_of_those_in_it() {
    assert_eq!(caption("班前会现场", "on"), Ok("班前会现场".to_owned()));
    assert_eq!(key(caption("", "on")), "case/no-caption");
    assert_eq!(key(caption("班前会现场", "")), "case/photo-without-consent");
    assert_eq!(key(caption("电话 0519-86680000", "on")), "case/numbers");
}
