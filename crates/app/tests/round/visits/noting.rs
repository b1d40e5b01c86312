//! Stories of what inspectors note on a visit.

use super::*;

#[tokio::test]
async fn an_entry_sent_again_is_acknowledged_and_kept_once_with_its_photos() {
    for visited in visited().await {
        let app = &visited.city.city.app;
        let input = RemarkInput {
            noted_at: "2016-12-05T02:00:00Z".to_owned(),
            ..too_few()
        };
        let photo = || File {
            name: "1.jpg".to_owned(),
            bytes: jpeg(),
        };
        let first = remarks::note(app, &visited.first, &visited.visit, &input, vec![photo()]);
        let first = first.await.unwrap();
        assert_eq!(first.photos.len(), 1);
        // The answer was lost: the device sends it again, three times.
        for _ in 0..3 {
            let again = remarks::note(app, &visited.first, &visited.visit, &input, vec![photo()]);
            assert_eq!(again.await.unwrap(), first);
        }
        // Under the same id there is nothing else, nor anybody else's.
        let other = RemarkInput {
            note: "另一句话".to_owned(),
            ..input.clone()
        };
        assert_eq!(
            key(visited.notes(&visited.first, other).await),
            "visit-remark/id-taken"
        );
        assert_eq!(
            key(visited.notes(&visited.second, input).await),
            "visit-remark/id-taken"
        );
        let mut tx = app.db.read().await.unwrap();
        assert_eq!(
            kept::of_visit(&mut tx, &visited.visit).await.unwrap().len(),
            1
        );
        drop(tx);
        let received = inspection::received(app, &visited.first, &visited.visit).await;
        assert_eq!(received.unwrap().own, [first.id]);
        let received = inspection::received(app, &visited.second, &visited.visit).await;
        assert_eq!(received.unwrap().own, []);
        let photo = remarks::photo(app, &visited.first, &visited.visit, &first.photos[0].hash);
        assert_eq!(photo.await.unwrap().0, first.photos[0]);
        visited.verifies().await;
    }
}

#[tokio::test]
async fn what_is_no_photo_is_refused_with_the_kinds_that_are_taken() {
    for visited in visited().await {
        let app = &visited.city.city.app;
        let refused = async |name: &str, bytes: bytes::Bytes| {
            let name = name.to_owned();
            let file = vec![File { name, bytes }];
            told(remarks::note(app, &visited.first, &visited.visit, &too_few(), file).await)
        };
        let text = bytes::Bytes::from_static("# 制度".as_bytes());
        let pdf = bytes::Bytes::from_static(b"%PDF-1.7\n%%EOF\n");
        for (name, bytes) in [("制度.md", &text), ("制度.jpg", &text), ("制度.pdf", &pdf)] {
            assert_eq!(
                refused(name, bytes.clone()).await,
                format!(
                    "“{name}”不是 JPG 或 PNG 照片，没有上传；这里只收这两种。别的格式的图片请用看图软件另存为 JPG，文件、网页请拍照或者截图，再上传；只改名字不行。"
                )
            );
        }
        // One kind of photo under the name of the other is saved again.
        let other = refused("现场.png", jpeg()).await;
        assert!(other.contains("内容其实是 JPEG 文件"), "{other}");
    }
}

fn jpeg() -> bytes::Bytes {
    let mut file = std::io::Cursor::new(Vec::new());
    image::RgbImage::new(4, 4)
        .write_to(&mut file, image::ImageFormat::Jpeg)
        .unwrap();
    file.into_inner().into()
}

#[tokio::test]
async fn two_inspectors_who_say_different_are_both_kept_until_one_settles_it() {
    for visited in visited().await {
        let app = &visited.city.city.app;
        visited.looks_through(&[]).await;
        let other = remark(2, "Q6", Seen::Fails, &[("cards_issued", "150")]);
        visited.notes(&visited.second, other).await.unwrap();
        let concluded = outcomes::conclude(app, &visited.second, &visited.visit).await;
        assert_eq!(
            told(concluded),
            "两位检查人员对Q6的记录不一致，还不能办结。请先在页面上选定以哪一条为准，并写明理由。"
        );
        let view = inspection::view(app, &visited.first, &visited.visit).await;
        let view = view.unwrap();
        assert_eq!(view.open(), ["Q6"]);
        let chosen = SettleInput {
            clause: "Q6".to_owned(),
            chosen: id(2),
            reason: "以卡务系统为准".to_owned(),
        };
        let stranger = &visited.city.approver;
        let refused = remarks::settle(app, stranger, &visited.visit, &chosen).await;
        assert!(matches!(refused, Err(Error::NotFound)));
        for _ in 0..2 {
            remarks::settle(app, &visited.first, &visited.visit, &chosen)
                .await
                .unwrap();
        }
        assert_eq!(visited.concludes().await, Colour::Red);
        let view = inspection::view(app, &visited.first, &visited.visit).await;
        let clauses = view.unwrap().clauses;
        let cards = clauses.iter().find(|clause| clause.clause == "Q6").unwrap();
        assert_eq!(cards.remarks.len(), 2, "both stay");
    }
}
