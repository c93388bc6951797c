"""Events as bytes, and packed so that one packing goes into every stream."""

import zlib

from server.event_stream import GZIP_HEAD, HEARTBEAT, pack_event, write_event, write_retry


def test_an_event_has_its_name_its_id_and_its_data_each_in_a_line():
    assert write_event("mood", b"{}", event_id="a1") == b"event: mood\nid: a1\ndata: {}\n\n"
    assert write_event("ended", b"{}") == b"event: ended\ndata: {}\n\n"
    assert write_retry(2.5) == b"retry: 2500\n\n"
    assert HEARTBEAT == b":\n\n"


def test_packed_events_can_follow_each_other_in_any_order_and_are_read_as_they_come():
    one, two = write_event("parts", b"1" * 5000), write_event("beat", b"1")
    for order in ((one, two, one), (two, one), (two, two)):
        reader = zlib.decompressobj(zlib.MAX_WBITS | 16)
        assert reader.decompress(GZIP_HEAD) == b""
        assert [reader.decompress(pack_event(event)) for event in order] == list(order)
    assert len(pack_event(one)) < 100


def test_an_event_is_packed_once_for_everybody():
    event = write_event("parts", b"2" * 5000)
    assert pack_event(event) is pack_event(event)
