from stadtlabor.innenstadt.vacancy import findings


def test_a_day_is_no_telephone_number():
    assert findings("Besichtigt am 01.12.2026, frei ab 1. 3. 2027") == []
    assert [f.kind for f in findings("Am 01.12.2026 unter 0831 1234567")] == ["phone"]
