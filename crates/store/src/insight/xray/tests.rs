use jianjia_domain::{
    core::ids::{AccountId, LedgerEntryId},
    year::evidence::{Evidence, EvidenceUse, Target},
};
use uuid::Uuid;

use super::*;
use crate::{testing, year::evidence as kept};

#[tokio::test]
async fn what_is_usual_is_kept_by_year_and_taken_anew_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let of = |figures: &[u64]| Usual::of(figures.to_vec()).unwrap();
        let mut first = Usuals::new();
        first.insert(
            ("dues".to_owned(), UnitKind::Grassroots, 0),
            of(&[1, 2, 3, 4]),
        );
        first.insert(("dues".to_owned(), UnitKind::Village, 2), of(&[7]));
        set_usual(&mut tx, 2016, &first).await.unwrap();
        set_usual(&mut tx, 2017, &first).await.unwrap();
        assert_eq!(usual(&mut tx, 2016).await.unwrap(), first);
        let mut second = Usuals::new();
        second.insert(("dues".to_owned(), UnitKind::Grassroots, 0), of(&[9]));
        set_usual(&mut tx, 2016, &second).await.unwrap();
        assert_eq!(usual(&mut tx, 2016).await.unwrap(), second);
        assert_eq!(usual(&mut tx, 2017).await.unwrap(), first);
        assert_eq!(usual(&mut tx, 2018).await.unwrap(), Usuals::new());
    }
}

#[tokio::test]
async fn a_photo_is_looked_at_once_and_found_in_every_file_that_has_it_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.uncovered().write("test").await.unwrap();
        let now = Timestamp::from_second(1_476_000_000).unwrap();
        for (number, state) in [(1, "active"), (2, "active"), (3, "merged")] {
            let id = UnitId(Uuid::from_u128(number)).to_string();
            sqlx::query(
                "INSERT INTO unit (id, number, path, kind, name, sort_key, state, created_at, changed_at)
                 VALUES ($1, $2, $3, 'grassroots', $4, '', $5, $6, $6)",
            )
            .bind(id)
            .bind(number as i64)
            .bind(format!("/1/{number}/"))
            .bind(format!("{number} 厂工会"))
            .bind(state.to_owned())
            .bind(now.to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
        }
        for (number, unit, content, media_type) in [
            (1, 1, 1, MediaType::Jpeg),
            (2, 2, 1, MediaType::Jpeg),
            (3, 2, 2, MediaType::Png),
            (4, 3, 1, MediaType::Jpeg),
            (5, 1, 3, MediaType::Pdf),
        ] {
            let piece = Evidence {
                id: EvidenceId(Uuid::from_u128(number)),
                unit: UnitId(Uuid::from_u128(unit)),
                unit_path: format!("/1/{unit}/"),
                hash: format!("{content:064}"),
                name: format!("{number}.jpg"),
                media_type,
                bytes: 1,
                uploaded_by: None,
                uploaded_by_name: String::new(),
                uploaded_at: now,
                removed_at: None,
            };
            kept::insert(&mut tx, &piece).await.unwrap();
            if number != 3 {
                let used = EvidenceUse {
                    evidence: piece.id,
                    year: 2016,
                    target: Target::Fact("own_account".to_owned()),
                };
                let by = AccountId(Uuid::from_u128(7));
                kept::attach(&mut tx, &piece.unit, &used, &by, now)
                    .await
                    .unwrap();
            }
        }
        // A receipt of what was spent: the same one in two unions is no photo of their files.
        for (number, unit) in [(6, 1), (7, 2)] {
            let piece = Evidence {
                id: EvidenceId(Uuid::from_u128(number)),
                unit: UnitId(Uuid::from_u128(unit)),
                unit_path: format!("/1/{unit}/"),
                hash: format!("{:064}", 9),
                name: "发票.jpg".to_owned(),
                media_type: MediaType::Jpeg,
                bytes: 1,
                uploaded_by: None,
                uploaded_by_name: String::new(),
                uploaded_at: now,
                removed_at: None,
            };
            kept::insert(&mut tx, &piece).await.unwrap();
            let used = EvidenceUse {
                evidence: piece.id,
                year: 2016,
                target: Target::Spending(LedgerEntryId(Uuid::from_u128(number))),
            };
            let by = AccountId(Uuid::from_u128(7));
            kept::attach(&mut tx, &piece.unit, &used, &by, now)
                .await
                .unwrap();
        }
        let content = |number: u32| format!("{number:064}");
        let open = unlooked(&mut tx, 9).await.unwrap();
        assert_eq!(
            open,
            [
                (content(1), MediaType::Jpeg),
                (content(2), MediaType::Png),
                (content(9), MediaType::Jpeg)
            ]
        );
        assert_eq!(unlooked(&mut tx, 1).await.unwrap().len(), 1);
        let looks = [
            (content(1), Some(Look(7))),
            (content(2), None),
            (content(9), Some(Look(7))),
        ];
        keep_looks(&mut tx, &looks).await.unwrap();
        assert_eq!(unlooked(&mut tx, 9).await.unwrap(), []);
        // What one can't decode is there, and what left the register is not.
        let found: Vec<(u128, Option<Look>)> = photos(&mut tx)
            .await
            .unwrap()
            .iter()
            .map(|photo| (photo.evidence.0.as_u128(), photo.look))
            .collect();
        assert_eq!(found, [(1, Some(Look(7))), (2, Some(Look(7))), (3, None)]);
        let in_use: Vec<u128> = used(&mut tx, 2016)
            .await
            .unwrap()
            .iter()
            .map(|id| id.0.as_u128())
            .collect();
        assert_eq!(in_use, [1, 2, 4]);
        assert_eq!(used(&mut tx, 2015).await.unwrap(), BTreeSet::new());

        let units: Vec<UnitId> = (1..=3)
            .map(|number| UnitId(Uuid::from_u128(number)))
            .collect();
        let proven = proven(&mut tx, &units, 2016).await.unwrap();
        let targets = proven[&units[0]].iter().map(String::as_str);
        assert_eq!(targets.collect::<Vec<_>>(), ["fact:own_account"]);
        let examined = after(&mut tx, "/1/", "", 9).await.unwrap();
        let names: Vec<&str> = examined.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["1 厂工会", "2 厂工会"]);
        let rest = after(&mut tx, "/1/", &units[0].to_string(), 9)
            .await
            .unwrap();
        assert_eq!(rest.len(), 1);
        assert_eq!(count(&mut tx, "/1/").await.unwrap(), 2);
        assert_eq!(count(&mut tx, "/2/").await.unwrap(), 0);
        assert_eq!(of(&mut tx, &units).await.unwrap(), examined);
        let earlier = now - jiff::SignedDuration::from_hours(1);
        let mut changed_units = changed(&mut tx, 2016, earlier, ("", 9)).await.unwrap();
        changed_units.sort_unstable();
        assert_eq!(changed_units, units);
        let later = now + jiff::SignedDuration::from_hours(1);
        assert_eq!(changed(&mut tx, 2016, later, ("", 9)).await.unwrap(), []);
    }
}
