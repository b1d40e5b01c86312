//! Stories of naming the trusted titles: what is previewed is what happens.

#[path = "naming/candidate.rs"]
mod candidate;
#[path = "naming/flooding.rs"]
mod flooding;
#[path = "naming/hidden.rs"]
mod hidden;
#[path = "naming/imprinting.rs"]
mod imprinting;
#[path = "naming/objecting.rs"]
mod objecting;
#[path = "naming/papers.rs"]
mod papers;
#[path = "naming/publishing.rs"]
mod publishing;

use candidate::{candidate, cast};
use jianjia_app::{
    core::error::{Error, Result},
    round::{
        assessment as confirmed,
        naming::{Chosen, ConfirmInput, NamingPreview, confirm, list, preview, reject},
        review as reviews, round as rounds, veto as vetoes,
    },
};
use jianjia_demo::testing;
use jianjia_domain::{
    core::{
        ids::{ApplicationId, PersonId, UnitId},
        place::UnitKind,
        policy::Actor,
        refusal::Refusal,
    },
    register::person::Post,
    round::{
        application::{ApplicantPerson, ApplicantUnit, Application, State},
        naming::{Fate, Line},
        veto::VetoInput,
    },
};
use jianjia_standard::{Lang, kinds::HonourLevel};
use jianjia_store::{honour::honour as honours_store, round::application as applications_store};
use jiff::civil::date;

fn told<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Ok(_) => "done".to_owned(),
        Err(Error::Refused(Refusal::Fields(fields))) => fields
            .iter()
            .map(|(field, refusal)| format!("{field}: {}", refusal.key()))
            .collect::<Vec<_>>()
            .join(", "),
        Err(Error::Refused(refusal)) => refusal.key().to_owned(),
        Err(Error::NotFound) => "not found".to_owned(),
        Err(Error::Internal(error)) => format!("failed: {error:#}"),
    }
}

fn confirmation(preview: &NamingPreview) -> ConfirmInput {
    ConfirmInput {
        seen: preview.lines.iter().map(Line::token).collect(),
        document_number: "常工发〔2017〕5号".to_owned(),
        request_key: "form-1".to_owned(),
    }
}

const TITLE: &str = "trusted-home";

#[tokio::test]
async fn the_city_names_what_the_preview_showed_once_on_both_engines() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (first, first_id) = candidate(&city, &cast, "甲厂工会").await;
        let (vetoed, vetoed_id) = candidate(&city, &cast, "乙厂工会").await;
        let veto = VetoInput {
            year: 2016,
            clause: "V1".to_owned(),
            source: "市人社局函".to_owned(),
            note: String::new(),
        };
        vetoes::record(app, &cast.reviewer, &vetoed.id, &veto)
            .await
            .unwrap();

        let open = list(app, &cast.approver, 2016, TITLE, 1).await.unwrap();
        let shown: Vec<(String, Vec<String>)> = open
            .candidates
            .iter()
            .map(|candidate| {
                let reasons = candidate.reasons.iter().map(ToString::to_string).collect();
                (candidate.application.unit.name.clone(), reasons)
            })
            .collect();
        assert_eq!(
            shown,
            [
                ("乙厂工会".to_owned(), vec!["veto:V1".to_owned()]),
                ("甲厂工会".to_owned(), vec![]),
            ]
        );

        let chosen = [first_id, vetoed_id];
        let preview = preview(app, &cast.approver, 2016, TITLE, &chosen)
            .await
            .unwrap();
        let (before, after) = preview.target.clone().unwrap();
        assert_eq!(
            (preview.named(), preview.left(), before.held, after.held),
            (1, 1, 0, 1)
        );
        let input = confirmation(&preview);
        let without = ConfirmInput {
            document_number: " ".to_owned(),
            ..input.clone()
        };
        let without = confirm(app, &cast.approver, 2016, TITLE, &without).await;
        assert_eq!(told(without), "document_number: naming/document-missing");
        let named = confirm(app, &cast.approver, 2016, TITLE, &input)
            .await
            .unwrap();
        // A double click names nobody twice and is answered alike.
        let again = confirm(app, &cast.approver, 2016, TITLE, &input)
            .await
            .unwrap();
        assert_eq!(named.named, ["甲厂工会"]);
        assert_eq!(again, named);

        let mut tx = app.db.read().await.unwrap();
        let held: Vec<(String, String, HonourLevel)> =
            honours_store::held(&mut tx, &first.id, None)
                .await
                .unwrap()
                .into_iter()
                .map(|honour| (honour.title, honour.number, honour.level))
                .collect();
        assert_eq!(
            held,
            [
                (
                    "model-home".to_owned(),
                    "模范甲厂工会".to_owned(),
                    HonourLevel::County
                ),
                (
                    TITLE.to_owned(),
                    "常信赖家〔2016〕1号".to_owned(),
                    HonourLevel::City
                ),
            ]
        );
        let mut found = Vec::new();
        for id in chosen {
            let application = applications_store::find(&mut tx, &id).await.unwrap();
            found.push(application.unwrap().state.key());
        }
        assert_eq!(found, ["named", "under-review"]);
        drop(tx);

        let after = list(app, &cast.approver, 2016, TITLE, 1).await.unwrap();
        assert_eq!(
            (after.candidates.len(), after.batches[0].named),
            (1, 1),
            "the vetoed one still waits"
        );
    }
}

#[tokio::test]
async fn a_preview_that_grew_old_is_refused_as_a_whole_and_says_what_changed_on_both_engines() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, first_id) = candidate(&city, &cast, "甲厂工会").await;
        let (second, second_id) = candidate(&city, &cast, "乙厂工会").await;
        let chosen = [first_id, second_id];
        let old = preview(app, &cast.approver, 2016, TITLE, &chosen)
            .await
            .unwrap();
        assert_eq!(old.named(), 2);
        let veto = VetoInput {
            year: 2016,
            clause: "V8".to_owned(),
            source: "市环保局".to_owned(),
            note: String::new(),
        };
        vetoes::record(app, &cast.reviewer, &second.id, &veto)
            .await
            .unwrap();
        let refused = confirm(app, &cast.approver, 2016, TITLE, &confirmation(&old)).await;
        let Err(Error::Refused(refusal)) = refused else {
            panic!("an old preview was taken");
        };
        assert_eq!(refusal.key(), "naming/changed");
        assert!(
            refusal
                .sentence(Lang::Zh)
                .contains("“乙厂工会”现在不能命名"),
            "{}",
            refusal.sentence(Lang::Zh)
        );
        let mut tx = app.db.read().await.unwrap();
        let batches = honours_store::batches(&mut tx, TITLE, 2016).await.unwrap();
        assert_eq!(batches, [], "nobody was named");
    }
}

#[tokio::test]
async fn only_the_citys_approver_names_and_only_in_the_window_on_both_engines() {
    for city in testing::both(date(2016, 10, 20)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, id) = candidate(&city, &cast, "甲厂工会").await;
        let try_it =
            async |actor: &Actor, title: &str| told(preview(app, actor, 2016, title, &[id]).await);
        assert_eq!(try_it(&cast.of_district, TITLE).await, "not found");
        assert_eq!(try_it(&cast.reviewer, TITLE).await, "not-your-role");
        assert_eq!(
            try_it(&cast.approver, "model-home").await,
            "naming/not-named"
        );
        assert_eq!(
            try_it(&cast.approver, TITLE).await,
            "round/outside-window",
            "in October nothing is named"
        );
        assert_eq!(
            told(list(app, &cast.of_district, 2016, TITLE, 1).await),
            "not found"
        );
        let read = list(app, &cast.reviewer, 2016, TITLE, 1).await.unwrap();
        assert_eq!((read.may_name, read.closed.is_some()), (false, true));
        city.app.clock.set(date(2016, 11, 1));
        assert_eq!(try_it(&cast.approver, TITLE).await, "done");
        assert_eq!(
            told(preview(app, &cast.approver, 2016, TITLE, &[]).await),
            "naming/nobody-chosen"
        );
    }
}

#[tokio::test]
async fn candidates_judged_together_are_judged_as_each_alone_on_both_engines() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (whole, _) = candidate(&city, &cast, "甲厂工会").await;
        let (vetoed, _) = candidate(&city, &cast, "乙厂工会").await;
        city.vetoed(&vetoed, 2016, "V1", "市人社局函").await;
        let branch = city
            .unit(Some(&vetoed), UnitKind::Branch, "一车间分工会")
            .await;
        city.holds(&branch, None, "model-small-home", 2016, HonourLevel::County)
            .await;
        let chair = city.person(&whole, "张三", Post::Chair).await;
        let of_branch = city.person(&branch, "李四", Post::Chair).await;
        city.holds(
            &whole,
            Some((chair, "张三")),
            "outstanding-worker",
            2016,
            HonourLevel::County,
        )
        .await;
        let silent = city
            .unit(Some(&cast.district), UnitKind::Grassroots, "丙厂工会")
            .await;
        let township = city
            .unit(Some(&cast.district), UnitKind::Township, "丁镇总工会")
            .await;
        let mut tx = app.db.read().await.unwrap();
        let as_of = rounds::as_of(&mut tx, app, 2016).await.unwrap();
        let mut applications = Vec::new();
        for (unit, person) in [
            (&branch, None),
            (&whole, Some(chair)),
            (&township, None),
            (&silent, None),
            (&vetoed, None),
            (&branch, Some(of_branch)),
            // Of another union by now.
            (&silent, Some(chair)),
            (&whole, None),
        ] {
            let now = app.now();
            applications.push(Application {
                id: ApplicationId(app.entropy.id(now)),
                year: 2016,
                title: String::new(),
                unit: ApplicantUnit {
                    id: unit.id,
                    path: unit.path.clone(),
                    name: unit.name.clone(),
                    sort_key: String::new(),
                },
                person: person.map(|id| ApplicantPerson {
                    id,
                    name: String::new(),
                }),
                story: String::new(),
                state: State::Draft,
                route: Vec::new(),
                rank: None,
                recommended_by: None,
                judgement: None,
                since_at: now,
                submitted_at: None,
                created_by: cast.of_district.account,
                created_at: now,
                revision: 1,
            });
        }
        let dated: Vec<_> = applications
            .iter()
            .map(|application| (application.clone(), as_of))
            .collect();
        let together = confirmed::of_many(&mut tx, app, &dated, &[], 2016)
            .await
            .unwrap();
        let mut statuses = Vec::new();
        for (application, assessed) in applications.iter().zip(together) {
            let alone = reviews::assess_confirmed(&mut tx, app, application).await;
            let (Ok(alone), Ok(assessed)) = (alone, assessed) else {
                statuses.push((0, 0, 0));
                continue;
            };
            assert_eq!(assessed.subject, alone.subject);
            assert_eq!(assessed.judgement, alone.judgement);
            let subject = &assessed.subject;
            let union = subject.union.as_ref();
            statuses.push((
                subject.facts.len().min(1),
                subject.titles.len() + union.map_or(0, |union| union.titles.len()),
                subject.vetoes.len() + union.map_or(0, |union| union.vetoes.len()),
            ));
        }
        // Whether anything was said, the titles and the vetoes: nothing of one went to another.
        assert_eq!(
            statuses,
            [
                (0, 1, 1),
                (0, 2, 0),
                (0, 0, 0),
                (0, 0, 0),
                (1, 1, 1),
                (0, 1, 1),
                (0, 0, 0),
                (1, 1, 0),
            ]
        );
    }
}

#[tokio::test]
async fn the_candidates_come_in_pages_and_those_chosen_are_found_on_any_on_both_engines() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, first) = candidate(&city, &cast, "甲厂工会").await;
        let mut tx = app.db.write("test").await.unwrap();
        let example = applications_store::find(&mut tx, &first).await.unwrap();
        let example = example.unwrap();
        let mut last = first;
        for rank in 2..=31 {
            last = ApplicationId(app.entropy.id(app.now()));
            let unit = UnitId(last.0);
            let another = Application {
                id: last,
                unit: ApplicantUnit {
                    id: cast.district.id,
                    ..example.unit.clone()
                },
                person: Some(ApplicantPerson {
                    id: PersonId(unit.0),
                    name: format!("第{rank}名"),
                }),
                rank: Some(rank),
                ..example.clone()
            };
            assert!(applications_store::insert(&mut tx, &another).await.unwrap());
        }
        testing::keep(app, tx).await;
        let mut seen = Vec::new();
        for page in [-1, 1, 2, i64::MAX] {
            let list = list(app, &cast.approver, 2016, TITLE, page).await.unwrap();
            let ranks: Vec<i64> = list
                .candidates
                .iter()
                .filter_map(|candidate| candidate.application.rank)
                .collect();
            seen.push((list.page, list.pages, list.total, ranks));
        }
        let first_page: Vec<i64> = (1..=30).collect();
        let whole = (1, 2, 31, first_page);
        let rest = (2, 2, 31, vec![31]);
        assert_eq!(seen, [whole.clone(), whole, rest.clone(), rest]);
        let preview = preview(app, &cast.approver, 2016, TITLE, &[last, first])
            .await
            .unwrap();
        let told: Vec<(Option<i64>, Fate)> = preview
            .lines
            .into_iter()
            .map(|line| (line.candidate.application.rank, line.fate))
            .collect();
        let number = "常信赖家〔2016〕1号".to_owned();
        assert_eq!(
            told,
            [(Some(1), Fate::Named { number }), (Some(31), Fate::Left)]
        );
        let many = vec![first; 201];
        assert_eq!(
            self::told(self::preview(app, &cast.approver, 2016, TITLE, &many).await),
            "naming/too-many"
        );
    }
}

#[tokio::test]
async fn candidates_are_rejected_in_bulk_with_a_reason_once_on_both_engines() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, first) = candidate(&city, &cast, "甲厂工会").await;
        let (_, second) = candidate(&city, &cast, "乙厂工会").await;
        let both = [(first, 3), (second, 3)];
        let try_it = async |chosen: &[Chosen], reason: &str| {
            told(reject(app, &cast.approver, 2016, TITLE, chosen, reason, "form-2").await)
        };
        assert_eq!(try_it(&[], "名额有限").await, "naming/nobody-chosen");
        assert_eq!(try_it(&both, " ").await, "reason: naming/no-reason");
        assert_eq!(
            try_it(&[(first, 3), (second, 2)], "名额有限").await,
            "naming/changed"
        );
        assert_eq!(try_it(&both, "名额有限").await, "done");
        assert_eq!(try_it(&both, "名额有限").await, "done");
        let mut tx = app.db.read().await.unwrap();
        for id in [first, second] {
            let application = applications_store::find(&mut tx, &id)
                .await
                .unwrap()
                .unwrap();
            let events = applications_store::events(&mut tx, &id).await.unwrap();
            assert_eq!(
                (
                    application.state.key(),
                    events.len(),
                    events[0].opinion.as_str()
                ),
                ("rejected", 1, "名额有限")
            );
        }
    }
}
