//! What the risk classes of a frame are made from.

use super::*;

/// What is known of four homes: one said all, one little and jumped, two share a photo, one was red last year and one was drawn then.
#[tokio::test]
async fn signs_are_gathered_for_all_homes_at_once_on_both_engines() {
    for database in testing::both().await {
        let mut tx = database.db.write("test").await.unwrap();
        for number in 1..=6 {
            let id = id(number).simple().to_string();
            sqlx::query(
                "INSERT INTO unit (id, number, parent_id, path, kind, name, sort_key, created_at, changed_at)
                 VALUES ($1, $2, NULL, $3, 'grassroots', $4, '', '', '')",
            )
            .bind(&id)
            .bind(number as i64)
            .bind(format!("/9/{number}/"))
            .bind(format!("{number}厂工会"))
            .execute(&mut *tx)
            .await
            .unwrap();
            // The last one holds another title.
            let title = if number == 6 {
                "model-home"
            } else {
                "qualified-home"
            };
            let years: &[i64] = if number == 1 { &[2016, 2017] } else { &[2017] };
            for year in years {
                sqlx::query(
                    "INSERT INTO honour (id, title, level, year, unit_id, unit_path, unit_kind, holder_name, holder_sort_key, begun_on, recorded_at)
                     VALUES ($1, $2, 'city', $3, $4, '', 'grassroots', '', '', '', '')",
                )
                .bind(format!("{:032}", number as i64 * 10 + year - 2010))
                .bind(title)
                .bind(*year)
                .bind(&id)
                .execute(&mut *tx)
                .await
                .unwrap();
            }
        }
        run(
            &mut tx,
            "INSERT INTO standing (unit_id, year, unit_path, verdicts, answered, asked, judged_at)
             VALUES ('00000000000000000000000000000001', 2017, '', '{}', 9, 9, ''),
                    ('00000000000000000000000000000002', 2017, '', '{}', 2, 9, ''),
                    ('00000000000000000000000000000003', 2016, '', '{}', 2, 9, '')",
        )
        .await;
        run(
            &mut tx,
            r#"INSERT INTO statement (id, unit_id, unit_path, year, source, facts, said_at)
               VALUES ('a', '00000000000000000000000000000002', '', 2016, 'union', '{"workers": 100, "rules_complete": true}', ''),
                      ('b', '00000000000000000000000000000002', '', 2017, 'union', '{"workers": 10}', ''),
                      ('c', '00000000000000000000000000000002', '', 2017, 'union', '{"workers": 300}', ''),
                      ('d', '00000000000000000000000000000003', '', 2016, 'union', '{"workers": 100}', ''),
                      ('e', '00000000000000000000000000000003', '', 2017, 'union', '{"workers": null}', '')"#,
        )
        .await;
        run(
            &mut tx,
            "INSERT INTO evidence (id, unit_id, unit_path, hash, name, media_type, bytes, uploaded_at, removed_at)
             VALUES ('e1', '00000000000000000000000000000003', '', 'h1', '', 'image/jpeg', 1, '', NULL),
                    ('e2', '00000000000000000000000000000004', '', 'h1', '', 'image/jpeg', 1, '', NULL),
                    ('e3', '00000000000000000000000000000004', '', 'h2', '', 'image/jpeg', 1, '', NULL),
                    ('e4', '00000000000000000000000000000001', '', 'h2', '', 'image/jpeg', 1, '', 'x'),
                    ('e5', '00000000000000000000000000000001', '', 'h3', '', 'application/pdf', 1, '', NULL),
                    ('e6', '00000000000000000000000000000004', '', 'h3', '', 'application/pdf', 1, '', NULL),
                    ('e7', '00000000000000000000000000000003', '', 'h7', '', 'image/jpeg', 1, '', NULL),
                    ('e8', '00000000000000000000000000000004', '', 'h7', '', 'image/jpeg', 1, '', NULL)",
        )
        .await;
        run(
            &mut tx,
            "INSERT INTO evidence_use (evidence_id, unit_id, year, target, added_at)
             VALUES ('e1', '00000000000000000000000000000003', 2017, 'fact:reading', ''),
                    ('e2', '00000000000000000000000000000004', 2016, 'fact:reading', ''),
                    ('e3', '00000000000000000000000000000004', 2017, 'fact:reading', ''),
                    ('e6', '00000000000000000000000000000004', 2017, 'fact:reading', ''),
                    ('e7', '00000000000000000000000000000003', 2017, 'spending:1', ''),
                    ('e8', '00000000000000000000000000000004', 2017, 'spending:2', '')",
        )
        .await;
        run(
            &mut tx,
            "INSERT INTO visit (id, spot_check_id, entry_id, year, unit_id, unit_path, unit_name, honour_id, title, stratum, place, ticket, announced, due_on, colour, drawn_at)
             VALUES ('v1', 'c', '', 2015, '00000000000000000000000000000001', '', '', '', '', '', 1, '', 0, '', 'amber', ''),
                    ('v2', 'c', '', 2016, '00000000000000000000000000000005', '', '', '', '', '', 1, '', 0, '', 'green', '')",
        )
        .await;
        let gathered = async |tx: &mut Tx, every_years| {
            let asked = Asked {
                year: 2017,
                title: "qualified-home",
                every_years,
                facts: vec!["workers".to_owned()],
            };
            risk::homes(tx, &asked).await.unwrap()
        };
        let homes = gathered(&mut tx, 1).await;
        let told: Vec<(i64, Signals)> = homes
            .iter()
            .map(|home| (home.unit_number, home.signals.clone()))
            .collect();
        let fresh = Signals {
            is_first_time: true,
            ..Signals::default()
        };
        let expected = [
            (
                1,
                Signals {
                    sheet: Some((9, 9)),
                    earlier: Some((2015, Colour::Amber)),
                    ..Signals::default()
                },
            ),
            (
                2,
                Signals {
                    sheet: Some((2, 9)),
                    numbers: vec![Numbers {
                        fact: "workers".to_owned(),
                        before: 100,
                        now: 300,
                    }],
                    ..fresh.clone()
                },
            ),
            (
                3,
                Signals {
                    shared_photos: 1,
                    ..fresh.clone()
                },
            ),
            (4, fresh.clone()),
            (5, fresh),
        ];
        assert_eq!(told, expected);
        // The newest title of the one that was given it twice.
        assert_eq!(homes[0].honour.to_string(), format!("{:032}", 17));
        let turn: BTreeSet<i64> = gathered(&mut tx, 2)
            .await
            .iter()
            .map(|home| home.unit_number)
            .collect();
        assert_eq!(turn, BTreeSet::from([1, 2, 3, 4]));
    }
}
