//! What the sheet comes to when it is judged.

use jianjia_app::{
    exchange::verification,
    round::assessment::confirmed,
    year::{assessment as assessments, sheet},
};
use jianjia_domain::{
    core::{
        audit::{deed::Deed, object::Object},
        ids::UnitId,
        place::UnitKind,
    },
    year::assessment::{KeptJudgement, Recomputed, recompute},
};
use jianjia_standard::{Lang, judgement::Status};
use jianjia_store::{round::finding, year::judgement};
use jiff::civil::date;
use serde_json::json;

use super::{form, homes, say};

#[tokio::test]
async fn a_rejected_criterion_is_unmet_and_a_kept_judgement_can_be_recomputed() {
    for home in homes().await {
        let app = &home.city.app;
        say(
            &home,
            &form("basics", &[("workers", "200"), ("members", "190")], ""),
        )
        .await
        .unwrap();
        let mut tx = app.db.write("test").await.unwrap();
        let application = jianjia_domain::core::ids::ApplicationId(app.entropy.id(app.now()));
        for (outcome, clause) in [("rejected", "Q1"), ("rejected", "M1b"), ("confirmed", "Q1")] {
            let finding = app.entropy.id(app.now()).simple().to_string();
            sqlx::query(
                "INSERT INTO finding (id, application_id, clause, outcome, unit_id, unit_name, account_id, account_name, at)
                 VALUES ($1, $2, $3, $4, $1, '', $1, '', '2016-10-19T01:00:00Z')",
            )
            .bind(finding)
            .bind(application.to_string())
            .bind(clause)
            .bind(outcome)
            .execute(&mut *tx)
            .await
            .unwrap();
        }
        let day = date(2016, 10, 20);
        let claims = assessments::assess(&mut tx, app, &home.union.id, None, 2016, day)
            .await
            .unwrap();
        let findings = finding::of_application(&mut tx, &application)
            .await
            .unwrap();
        let mut confirmed = confirmed(
            &mut tx,
            app,
            &application,
            (home.union.id, None),
            (2016, day),
            &findings,
        )
        .await
        .unwrap();
        let status =
            |assessed: &jianjia_domain::year::assessment::Assessment, title: &str, clause: &str| {
                let verdict = assessed.judgement.verdict(title).unwrap();
                (verdict.status, verdict.criterion(clause).unwrap().status)
            };
        assert_eq!(
            status(&claims, "model-home", "M1b"),
            (Status::Unknown, Status::Met)
        );
        assert_eq!(
            status(&confirmed, "model-home", "M1b"),
            (Status::Unmet, Status::Unmet)
        );
        assert_eq!(
            status(&confirmed, "qualified-home", "Q1"),
            (Status::Unknown, Status::Unknown)
        );
        assert_eq!(
            confirmed.judgement.verdict("trusted-home").unwrap().status,
            Status::Unmet
        );
        let id = assessments::keep(&mut tx, app, &mut confirmed)
            .await
            .unwrap();
        let mut kept = judgement::find(&mut tx, &id).await.unwrap().unwrap();
        assert_eq!(recompute(Some(app.in_force()), &kept), Recomputed::Same);
        assert_eq!(
            judgement::of_unit(&mut tx, &home.union.id, 2016)
                .await
                .unwrap()
                .len(),
            1
        );
        assert_eq!(
            judgement::after(&mut tx, None, 10).await.unwrap(),
            std::slice::from_ref(&kept)
        );
        assert_eq!(judgement::after(&mut tx, Some(&id), 10).await.unwrap(), []);
        let mut subject: serde_json::Value = serde_json::from_str(&kept.subject).unwrap();
        subject["facts"]["members"] = json!(10);
        kept.subject = subject.to_string();
        let again = |kept: &KeptJudgement| recompute(Some(app.in_force()), kept);
        assert_eq!(again(&kept), Recomputed::Different);
        let sound = (kept.subject.clone(), kept.judgement.clone());
        kept.judgement = "{".to_owned();
        assert_eq!(again(&kept), Recomputed::ResultUnreadable);
        kept.judgement = sound.1;
        for (subject, mistakes) in [("{", 0), ("[]", 1)] {
            kept.subject = subject.to_owned();
            match again(&kept) {
                Recomputed::FactsUnreadable(told) => assert_eq!(told.len(), mistakes, "{told:?}"),
                other => panic!("{subject}: {other:?}"),
            }
        }
        kept.subject = sound.0;
        kept.standard_hash = "another".to_owned();
        assert_eq!(again(&kept), Recomputed::OtherTexts);
        assert_eq!(recompute(None, &kept), Recomputed::NoStandard);
    }
}

#[tokio::test]
async fn a_standard_that_is_not_kept_is_told_from_facts_that_it_cannot_read() {
    for home in homes().await {
        let app = &home.city.app;
        let day = date(2016, 10, 20);
        let mut tx = app.db.write("test").await.unwrap();
        let mut ids = Vec::new();
        for _ in 0..3 {
            let mut claims = assessments::assess(&mut tx, app, &home.union.id, None, 2016, day)
                .await
                .unwrap();
            let id = assessments::keep(&mut tx, app, &mut claims).await.unwrap();
            ids.push(id.to_string());
        }
        let version = app.in_force().version.clone();
        for (sql, id) in [
            (
                "UPDATE judgement SET standard_hash = 'gone' WHERE id = $1",
                &ids[0],
            ),
            ("UPDATE judgement SET subject = '{' WHERE id = $1", &ids[1]),
        ] {
            sqlx::query(sql)
                .bind(id.clone())
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        // As if it had been an act.
        let object = Object::Unit(home.union.id);
        app.trail_by(&mut tx, ("", ""), Deed::SayFacts, object, None, json!({}))
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let found = verification::verify(app).await.unwrap().faults;
        assert_eq!(
            found,
            [
                format!("判定 {} 所用的标准版本 gone 没有留存，无法重算。", ids[0]),
                format!(
                    "判定 {} 所用的标准版本 {version} 有留存，但判定留存的事实按它读不出来（不是完整的记录），无法重算。",
                    ids[1]
                ),
            ]
        );
        let mut tx = app.db.read().await.unwrap();
        let kept = judgement::after(&mut tx, None, 10).await.unwrap();
        let told = kept.iter().map(|kept| {
            let again = recompute(
                (kept.standard_hash == version).then(|| &**app.in_force()),
                kept,
            );
            again.fault(kept, Lang::En)
        });
        assert_eq!(
            told.collect::<Vec<_>>(),
            [
                Some(format!(
                    "Judgement {} can't be made again: version gone of the standard, by which it was made, is not kept.",
                    ids[0]
                )),
                Some(format!(
                    "Judgement {} can't be made again: version {version} of the standard is kept, but the facts kept with the judgement can't be read by it (they are no whole record).",
                    ids[1]
                )),
                None,
            ]
        );
    }
}

#[tokio::test]
async fn a_federation_counts_the_model_homes_below_it_and_an_election_of_the_register_is_never_asked()
 {
    for home in homes().await {
        let app = &home.city.app;
        let town = home
            .city
            .unit(Some(&home.district), UnitKind::Township, "红梅街道总工会")
            .await;
        let mut below: Vec<UnitId> = Vec::new();
        for name in ["甲厂工会", "乙厂工会", "丙厂工会"] {
            below.push(
                home.city
                    .unit(Some(&town), UnitKind::Grassroots, name)
                    .await
                    .id,
            );
        }
        let mut tx = app.db.write("test").await.unwrap();
        let honours = [
            (below[0], "model-home", 2016, "in-force", 0),
            (below[0], "trusted-home", 2016, "in-force", 0),
            (below[1], "model-home", 2014, "in-force", 1),
            (below[2], "model-home", 2014, "in-force", 0),
            (below[2], "model-home", 2016, "revoked", 0),
        ];
        for (unit, title, year, state, reconfirmed) in honours {
            let row = format!(
                "INSERT INTO honour (id, title, level, year, unit_id, unit_kind, unit_path, holder_name, holder_sort_key, begun_on, state, reconfirmed, recorded_at)
                 SELECT '{}', '{title}', 'city', {year}, id, kind, path, name, name, '{year}-03-01', '{state}', {reconfirmed}, ''
                 FROM unit WHERE id = '{unit}'",
                app.entropy.id(app.now()).simple(),
            );
            sqlx::query(sqlx::AssertSqlSafe(row))
                .execute(&mut *tx)
                .await
                .unwrap();
        }
        let election = format!(
            "INSERT INTO election (id, unit_id, unit_path, held_on, term_years, recorded_at)
             VALUES ('e', '{}', '', '2014-05-20', 3, '')",
            home.union.id
        );
        sqlx::query(sqlx::AssertSqlSafe(election))
            .execute(&mut *tx)
            .await
            .unwrap();
        jianjia_demo::testing::keep(app, tx).await;
        let mut tx = app.db.read().await.unwrap();
        let day = date(2016, 10, 20);
        let subject = assessments::subject_of(&mut tx, app, &town.id, None, 2016, day)
            .await
            .unwrap();
        assert_eq!(
            serde_json::to_value(subject.subordinates).unwrap(),
            json!({"unions": 3, "model": 2})
        );
        let subject = assessments::subject_of(&mut tx, app, &home.union.id, None, 2016, day)
            .await
            .unwrap();
        assert_eq!(
            serde_json::to_value(&subject).unwrap()["facts"],
            json!({"last_election_on": "2014-05-20", "term_years": 3})
        );
        tx.commit().await.unwrap();
        let sheet = sheet::read(app, &home.chair, &home.union.id, None, 2016)
            .await
            .unwrap();
        let groups = sheet.groups(app.in_force());
        let asked: Vec<&str> = groups
            .iter()
            .flat_map(|group| {
                group
                    .questions
                    .iter()
                    .map(|question| question.fact.key.as_str())
            })
            .collect();
        assert!(asked.contains(&"chair_elected") && asked.contains(&"collective_contract"));
        let never = [
            "last_election_on",
            "term_years",
            "station_stars",
            "mother_baby_room",
            "line_and_law",
        ];
        assert_eq!(never.map(|key| asked.contains(&key)), [false; 5]);
    }
}
