//! Anybody objects to a candidate; it holds that one naming until somebody whom it doesn't concern has looked into it and it is answered.

use std::io::Cursor;

use jianjia_app::{
    round::objection::{self as objections, Receipt},
    year::evidence::File,
};
use jianjia_demo::testing::TestCity;
use jianjia_domain::{
    core::{
        ids::{ObjectionId, PublicationId},
        place::UnitPlace,
        policy::{Role, RoleAt},
    },
    round::objection::{ObjectionForm, ObjectionState},
};
use jianjia_store::{round::objection as kept, testing as store_testing};

use super::*;
use crate::naming::publishing::published;

pub(super) const NAME: &str = "石榴花";
pub(super) const TELEPHONE: &str = "13912345678";
pub(super) const TEXT: &str = "会员名册里有三十个早已离厂的人，我在档案室亲眼看见。";
pub(super) const KEEP_FROM: &str = "区里孙科长";
pub(super) const FILE: &str = "名册照片.png";

pub(super) fn form(candidate: &ApplicationId) -> ObjectionForm {
    ObjectionForm {
        application: candidate.to_string(),
        text: TEXT.to_owned(),
        name: NAME.to_owned(),
        telephone: TELEPHONE.to_owned(),
        keep_from: KEEP_FROM.to_owned(),
        ..ObjectionForm::default()
    }
}

pub(super) fn photo() -> File {
    let picture = image::RgbImage::from_pixel(8, 8, image::Rgb([17, 90, 40]));
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    File {
        name: FILE.to_owned(),
        bytes: bytes.into_inner().into(),
    }
}

pub(super) async fn object(
    city: &TestCity,
    notice: &PublicationId,
    form: &ObjectionForm,
    files: Vec<File>,
) -> Receipt {
    objections::receive(&city.app, "198.51.100.7", notice, form, files)
        .await
        .unwrap()
}

pub(super) async fn id_of(city: &TestCity, receipt: &Receipt) -> ObjectionId {
    let mut tx = city.app.db.read().await.unwrap();
    let found = kept::of_number(&mut tx, receipt.number).await.unwrap();
    found.unwrap().id
}

/// Who of the ten can be named.
pub(super) async fn can_be_named(city: &TestCity, by: &Actor, all: &[ApplicationId]) -> Vec<bool> {
    let preview = preview(&city.app, by, 2016, TITLE, all).await.unwrap();
    let lines = &preview.lines;
    all.iter()
        .map(|id| {
            let line = lines
                .iter()
                .find(|line| line.candidate.application.id == *id)
                .unwrap();
            line.candidate.may_be_named()
        })
        .collect()
}

/// A district that the candidates are not of, with a reviewer.
async fn other_district(city: &TestCity, cast: &candidate::Cast) -> (UnitPlace, Actor) {
    let other = city
        .unit(Some(&cast.top), UnitKind::District, "武进区总工会")
        .await;
    let reviewer = city.actor("武进审核", &[(Role::Reviewer, &other)]).await;
    (other, reviewer)
}

#[tokio::test]
async fn an_objection_holds_one_naming_of_ten_and_is_answered() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (other, reviewer) = other_district(&city, &cast).await;
        let mut all = Vec::new();
        for place in 0..10 {
            let name = format!("第{place}厂工会");
            all.push(candidate(&city, &cast, &name).await.1);
        }
        let notice = published(&city, &cast.approver).await;
        let receipt = object(&city, &notice, &form(&all[3]), vec![photo()]).await;
        assert_eq!((receipt.number, receipt.confirm_from), (1, None));
        let followed = objections::follow(app, "203.0.113.9", 1, &receipt.code)
            .await
            .unwrap();
        assert_eq!(followed.objection.state(), ObjectionState::Received);

        app.clock.set(date(2017, 3, 9));
        let mut expected = [true; 10];
        expected[3] = false;
        assert_eq!(can_be_named(&city, &cast.approver, &all).await, expected);
        let told_why = preview(app, &cast.approver, 2016, TITLE, &[all[3]])
            .await
            .unwrap();
        let because = &told_why.lines[0].candidate.because;
        assert_eq!(because[0].zh, "有异议正在核实，办结以前不命名。");

        // For those of the candidate's federation, and for reviewers of the city, it isn't there.
        let id = id_of(&city, &receipt).await;
        for stranger in [&cast.of_district, &cast.reviewer, &reviewer] {
            let shown = objections::show(app, stranger, &id).await;
            assert_eq!(told(shown.map(|_| ())), "not found");
        }
        let view = objections::show(app, &cast.approver, &id).await.unwrap();
        let content = view.content.unwrap();
        assert_eq!((content.text.as_str(), content.name.as_str()), (TEXT, NAME));
        let may_look: Vec<&str> = view.handlers.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(may_look, ["市", "市审", "武进审核"]);
        let own = (&cast.of_district.account, &cast.district.id);
        let refused = objections::assign(app, &cast.approver, &id, own).await;
        assert_eq!(told(refused), "handler: objection/own-federation");
        let to = (&reviewer.account, &other.id);
        objections::assign(app, &cast.approver, &id, to)
            .await
            .unwrap();
        let list = objections::list(app, &reviewer, 1).await.unwrap();
        assert_eq!(list.lines.len(), 1);
        let (name, bytes) = objections::evidence(app, &reviewer, &id, 1).await.unwrap();
        assert_eq!(name.name, FILE);
        assert!(image::load_from_memory(&bytes).is_ok());
        // A double click is one note; what was written differently is another.
        let noted = "查了名册，三十人去年已调出。";
        for text in [noted, noted, "又问了车间。"] {
            objections::note(app, &reviewer, &id, text, "form-1")
                .await
                .unwrap();
        }
        let view = objections::show(app, &reviewer, &id).await.unwrap();
        let notes: Vec<&str> = view.notes.iter().map(|note| note.text.as_str()).collect();
        assert_eq!(notes, [noted, "又问了车间。"]);
        // Who looks into it neither assigns nor answers: that is the city's, which they don't see.
        let refused = objections::answer(app, &reviewer, &id, ("unfounded", "已核实。")).await;
        assert_eq!(told(refused), "not found");
        let followed = objections::follow(app, "203.0.113.9", 1, &receipt.code)
            .await
            .unwrap();
        assert_eq!(followed.objection.state(), ObjectionState::LookedInto);
        assert!(!can_be_named(&city, &cast.approver, &all).await[3]);

        for (given, refusal) in [
            (("", "已核实。"), "outcome: objection/no-outcome"),
            (("unfounded", " "), "answer: objection/nothing-written"),
        ] {
            let refused = objections::answer(app, &cast.approver, &id, given).await;
            assert_eq!(told(refused), refusal);
        }
        let given = ("unfounded", "经核实，名册上的人去年已办理转出。");
        objections::answer(app, &cast.approver, &id, given)
            .await
            .unwrap();
        // A double click is one answer; what is written differently comes too late.
        objections::answer(app, &cast.approver, &id, given)
            .await
            .unwrap();
        let other = ("unfounded", "经核实，都是在职的。");
        let again = objections::answer(app, &cast.approver, &id, other).await;
        assert_eq!(told(again), "objection/closed");
        let followed = objections::follow(app, "203.0.113.9", 1, &receipt.code)
            .await
            .unwrap();
        assert_eq!(followed.objection.state(), ObjectionState::Closed);
        assert_eq!(followed.answer, given.1);
        assert_eq!(can_be_named(&city, &cast.approver, &all).await, [true; 10]);

        let mut tx = app.db.read().await.unwrap();
        let acts = store_testing::texts(
            &mut tx,
            "SELECT act FROM audit WHERE noun = 'objection' ORDER BY id",
        )
        .await;
        assert_eq!(
            acts,
            [
                "receive-objection",
                "assign-objection",
                "note-objection",
                "note-objection",
                "answer-objection"
            ]
        );
    }
}

#[tokio::test]
async fn it_reaches_nobody_whom_the_objector_named() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, id) = candidate(&city, &cast, "甲厂工会").await;
        let second = city.actor("市二", &[(Role::Approver, &cast.top)]).await;
        let notice = published(&city, &cast.approver).await;
        let form = ObjectionForm {
            keep_from: "市审\n市二".to_owned(),
            ..form(&id)
        };
        // Somebody has to be left who can read it.
        let from_all = ObjectionForm {
            keep_from: format!("{}\n市二", cast.approver.name),
            ..form.clone()
        };
        let refused = objections::receive(app, "198.51.100.7", &notice, &from_all, vec![]).await;
        assert_eq!(told(refused), "keep_from: objection/kept-from-all");
        let receipt = object(&city, &notice, &form, Vec::new()).await;
        let objection = id_of(&city, &receipt).await;
        let shown = objections::show(app, &second, &objection).await;
        assert_eq!(told(shown.map(|_| ())), "not found");
        let list = objections::list(app, &second, 1).await.unwrap();
        assert!(list.lines.is_empty() && list.folded.is_empty());
        let to = (&cast.reviewer.account, &cast.top.id);
        let refused = objections::assign(app, &cast.approver, &objection, to).await;
        assert_eq!(told(refused), "handler: objection/named-in-it");
        let mut tx = app.db.read().await.unwrap();
        let told_to = store_testing::texts(
            &mut tx,
            "SELECT account_id FROM message WHERE kind = 'objection-arrived'",
        )
        .await;
        assert_eq!(told_to, [cast.approver.account.to_string()]);
    }
}

#[tokio::test]
async fn nobody_of_its_own_federation_reads_it_whatever_else_they_are() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (other, reviewer) = other_district(&city, &cast).await;
        let of_both = [(Role::Reviewer, &other), (Role::Reviewer, &cast.district)];
        let of_both = city.actor("两边审核", &of_both).await;
        let (_, id) = candidate(&city, &cast, "甲厂工会").await;
        let notice = published(&city, &cast.approver).await;
        let receipt = object(&city, &notice, &form(&id), Vec::new()).await;
        let objection = id_of(&city, &receipt).await;
        let assign = async |to: &Actor| {
            let to = (&to.account, &other.id);
            objections::assign(app, &cast.approver, &objection, to).await
        };
        let refused = assign(&of_both).await;
        assert_eq!(told(refused), "handler: objection/own-federation");
        assign(&reviewer).await.unwrap();
        assert!(objections::show(app, &reviewer, &objection).await.is_ok());
        // Whoever went over to the candidate's own district since, or to none, reads it no longer.
        let at = |unit: &UnitPlace| RoleAt {
            role: Role::Reviewer,
            unit: unit.clone(),
        };
        for roles in [
            vec![at(&cast.district)],
            vec![at(&other), at(&cast.district)],
            vec![],
        ] {
            let since = Actor {
                roles,
                ..reviewer.clone()
            };
            let shown = objections::show(app, &since, &objection).await;
            assert_eq!(told(shown.map(|_| ())), "not found");
        }
    }
}

#[tokio::test]
async fn one_that_nobody_may_read_is_counted_where_its_title_is_named() {
    for city in testing::both(date(2017, 3, 1)).await {
        let cast = cast(&city).await;
        let app = &city.app;
        let (_, id) = candidate(&city, &cast, "甲厂工会").await;
        let second = city.actor("市二", &[(Role::Approver, &cast.top)]).await;
        let notice = published(&city, &cast.approver).await;
        let kept_from_second = ObjectionForm {
            keep_from: "市二".to_owned(),
            ..form(&id)
        };
        let receipt = object(&city, &notice, &kept_from_second, Vec::new()).await;
        object(&city, &notice, &form(&id), Vec::new()).await;
        let unread = async |who: &Actor| {
            let shown = list(app, who, 2016, TITLE, 1).await.unwrap();
            shown.unread_objections
        };
        assert_eq!(unread(&second).await, 0);
        // Who could read it handles objections no longer.
        let mut tx = app.db.write("test").await.unwrap();
        let taken = sqlx::query("DELETE FROM account_role WHERE account_id = $1")
            .bind(cast.approver.account.to_string())
            .execute(&mut *tx)
            .await;
        assert!(taken.unwrap().rows_affected() > 0);
        testing::keep(app, tx).await;
        assert_eq!(unread(&second).await, 1);
        let shown = objections::show(app, &second, &id_of(&city, &receipt).await).await;
        assert_eq!(told(shown.map(|_| ())), "not found");
        // Somebody who need not stand aside reads it.
        city.actor("省里派来的", &[(Role::Approver, &cast.top)])
            .await;
        assert_eq!(unread(&second).await, 0);
    }
}
