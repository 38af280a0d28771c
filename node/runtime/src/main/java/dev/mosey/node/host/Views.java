package dev.mosey.node.host;

import dev.mosey.policy.guests.Arrival;
import dev.mosey.policy.guests.Guest;
import dev.mosey.policy.guests.Guests;
import dev.mosey.protocol.job.Blob;
import dev.mosey.protocol.job.Image;
import dev.mosey.protocol.job.JobSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** What others see of the guests. */
final class Views {
  private Views() {}

  static ProcessHost.Guests of(Guests guests) {
    List<ProcessHost.GuestView> views = new ArrayList<>();
    for (var guest : guests.all()) {
      String phase = phase(guest.phase());
      if (guest.spec() != null && phase != null) views.add(view(guest, phase));
    }
    guests.arrivals().forEach(arrival -> views.add(view(arrival)));
    return new ProcessHost.Guests(
        views, guests.free(), guests.freeSlots(), guests.ahead(), guests.acceptedByHome());
  }

  /** Null for what waits for room or has ended: nobody weighs it. */
  private static String phase(Guest.Phase phase) {
    return switch (phase) {
      case PREPARING, STARTING -> "preparing";
      case RUNNING, STOPPING -> "running";
      case FROZEN -> "frozen";
      case OFFERING -> "offered";
      case PAUSING, PACKED, ASKING, PARKED -> "moving";
      case LEFT -> "left";
      case QUEUED, DRAINING, ENDED, REFUSED -> null;
    };
  }

  private static ProcessHost.GuestView view(Guest guest, String phase) {
    return new ProcessHost.GuestView(
        guest.id(),
        guest.incarnation(),
        guest.spec(),
        phase,
        guest.arrivedAtMillis(),
        guest.cpuMillis(),
        guest.rssBytes(),
        imageBytes(guest));
  }

  /** The last one's size, else what it arrived with, else what may have to be carried at most. */
  private static long imageBytes(Guest guest) {
    if (guest.image() != null) return guest.image().blob().bytes();
    if (guest.startImage() != null) return guest.startImage().blob().bytes();
    return switch (guest.spec().move()) {
      case NEVER, RESTART, UNKNOWN -> 0;
      case CHECKPOINT, LIVE -> guest.rssBytes();
    };
  }

  private static ProcessHost.GuestView view(Arrival arrival) {
    long bytes = arrival.taking() == null ? 0 : arrival.taking().blob().bytes();
    return new ProcessHost.GuestView(
        arrival.id(), arrival.incarnation(), arrival.spec(), "arriving", 0, 0, 0, bytes);
  }

  /** Names of all blobs that guests and arrivals need. */
  static Set<String> blobs(Guests guests) {
    Set<String> names = new HashSet<>();
    for (var guest : guests.all()) {
      add(names, guest.spec());
      add(names, guest.image());
      add(names, guest.startImage());
    }
    for (var arrival : guests.arrivals()) {
      add(names, arrival.spec());
      add(names, arrival.image());
      add(names, arrival.taking());
    }
    return names;
  }

  private static void add(Set<String> names, JobSpec spec) {
    if (spec == null) return;
    for (Blob blob : new Blob[] {spec.env(), spec.stdin(), spec.jar()}) {
      if (blob != null) names.add(blob.sha256());
    }
  }

  private static void add(Set<String> names, Image image) {
    if (image != null) names.add(image.blob().sha256());
  }
}
