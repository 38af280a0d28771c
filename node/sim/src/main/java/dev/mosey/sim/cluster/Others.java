package dev.mosey.sim.cluster;

import dev.mosey.protocol.id.NodeName;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** All names but one, without a list for each. */
final class Others extends AbstractList<NodeName> implements RandomAccess {
  private final List<NodeName> names;
  private final int without;

  Others(List<NodeName> names, int without) {
    this.names = names;
    this.without = without;
  }

  @Override
  public NodeName get(int index) {
    return names.get(index < without ? index : index + 1);
  }

  @Override
  public int size() {
    return names.size() - 1;
  }

  @Override
  public boolean contains(Object name) {
    return name != null && !name.equals(names.get(without));
  }

  @Override
  public int indexOf(Object name) {
    int index = names.indexOf(name);
    return index == without ? -1 : index > without ? index - 1 : index;
  }
}
